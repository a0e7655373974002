// One c-ares channel on Asio: its sockets, its timer, its open questions. Private to dns_server, which decides when a
// channel is made anew. Runs on one thread; c-ares is never entered from inside one of its callbacks.
#pragma once
#include <ares.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/sources/dns_server.hpp"

namespace sources {

/// A c-ares channel with its sockets and timer on Asio. Not movable: c-ares holds its address.
class CaresChannel {
 public:
  CaresChannel(boost::asio::any_io_executor executor, const model::DnsServerAddress& server,
               std::chrono::milliseconds timeout, bool tcp);
  ~CaresChannel();
  CaresChannel(const CaresChannel&) = delete;
  CaresChannel& operator=(const CaresChannel&) = delete;

  void ask(const std::string& name, model::Family family, std::shared_ptr<DnsMailbox> to, std::uint64_t tag);

  [[nodiscard]] std::size_t pending() const { return open_.size(); }
  [[nodiscard]] std::size_t open_sockets() const { return sockets_.size(); }
  [[nodiscard]] int timeouts_in_row() const { return timeouts_in_row_; }
  [[nodiscard]] std::chrono::steady_clock::time_point created_at() const { return created_at_; }

 private:
  struct Question {
    CaresChannel& channel;
    std::string name;
    model::Family family;
    std::shared_ptr<DnsMailbox> to;  ///< null once answered, though c-ares goes on with it
    std::uint64_t tag;
    std::chrono::steady_clock::time_point asked_at;
  };
  struct Socket {
    Socket(const boost::asio::any_io_executor& executor, int native) : fd(executor, native) {}
    ~Socket() {
      if (fd.is_open()) fd.release();  // c-ares owns the descriptor and closes it
    }
    boost::asio::posix::stream_descriptor fd;
    bool tcp = false;
    bool want_read = false, want_write = false, reading = false, writing = false;
  };
  enum class Direction { read, write };

  static void on_answer(void* question, int code, int, unsigned char* message, int length) noexcept;
  static int on_new_socket(ares_socket_t fd, int, void* self) noexcept;
  void send(std::unique_ptr<Question> question);
  void settle(std::unique_ptr<Question> question, model::DnsReply reply);
  void answer(Question& question, model::DnsReply reply);
  void answer_all_unreachable();
  void on_socket(ares_socket_t fd, bool readable, bool writable);
  void watch(const std::shared_ptr<Socket>& socket);
  void process(ares_socket_t read, ares_socket_t write, bool tcp);
  void after_cares();

  boost::asio::any_io_executor executor_;
  std::chrono::milliseconds timeout_;
  bool tcp_;
  std::string interface_;
  ares_channel cares_ = nullptr;  ///< null where c-ares could not make one
  std::map<ares_socket_t, std::shared_ptr<Socket>> sockets_;
  boost::asio::steady_timer timer_;
  std::optional<std::chrono::steady_clock::time_point> armed_for_;
  std::vector<std::unique_ptr<Question>> again_;  ///< to be sent once more when c-ares has returned
  std::set<Question*> open_;
  int timeouts_in_row_ = 0;
  bool processing_tcp_ = false;
  bool sending_ = false;
  bool refused_ = false;  ///< a datagram could not be sent because of an ICMP error to an earlier one
  bool ending_ = false;
  std::chrono::steady_clock::time_point created_at_ = std::chrono::steady_clock::now();
  std::shared_ptr<int> alive_ =
      std::make_shared<int>(0);  ///< a queued expiry outlives us: its handler looks here first
};

}  // namespace sources
