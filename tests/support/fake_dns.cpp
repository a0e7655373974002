#include "tests/support/fake_dns.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

namespace support {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint16_t type_cname = 5, type_soa = 6, type_aaaa = 28, class_in = 1;

void put16(Bytes& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}
void put32(Bytes& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xffff);
}
Bytes name_bytes(const std::string& name) {
  Bytes out;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    out.push_back(static_cast<std::uint8_t>(end - at));
    out.insert(out.end(), name.begin() + static_cast<std::ptrdiff_t>(at),
               name.begin() + static_cast<std::ptrdiff_t>(end));
    at = end + 1;
  }
  out.push_back(0);
  return out;
}
void put_record(Bytes& out, const std::string& owner, unsigned type, std::uint32_t ttl, const Bytes& data) {
  const Bytes name = name_bytes(owner);
  out.insert(out.end(), name.begin(), name.end());
  put16(out, type);
  put16(out, class_in);
  put32(out, ttl);
  put16(out, static_cast<unsigned>(data.size()));
  out.insert(out.end(), data.begin(), data.end());
}
Bytes address_bytes(const std::string& text, bool v6) {
  Bytes out(v6 ? 16 : 4);
  if (::inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), out.data()) != 1)
    throw std::runtime_error("no address: " + text);
  return out;
}
unsigned get16(const Bytes& in, std::size_t at) { return static_cast<unsigned>(in.at(at)) << 8 | in.at(at + 1); }

std::optional<DnsQuestion> read_question(const Bytes& in, bool is_tcp) {
  if (in.size() < 17) return std::nullopt;
  DnsQuestion question;
  question.tcp = is_tcp;
  std::size_t at = 12;
  for (; at < in.size() && in[at] != 0; at += in[at] + 1U) {
    if (at + in[at] + 5U > in.size()) return std::nullopt;
    if (!question.name.empty()) question.name += '.';
    for (std::size_t i = 1; i <= in[at]; ++i) question.name += static_cast<char>(std::tolower(in[at + i]));
  }
  if (at + 5 > in.size()) return std::nullopt;
  question.type = static_cast<std::uint16_t>(get16(in, at + 1));
  return question;
}

}  // namespace

Bytes dns_message(std::uint16_t id, const DnsQuestion& question, const DnsAnswer& answer) {
  Bytes out;
  if (!answer.raw.empty()) {
    out = answer.raw;
    out.resize(std::max<std::size_t>(out.size(), 2));
    out[0] = static_cast<std::uint8_t>(id >> 8);
    out[1] = static_cast<std::uint8_t>(id);
    return out;
  }
  const bool truncated = answer.truncated && !question.tcp;
  const std::size_t records = truncated ? 0 : answer.cnames.size() + answer.addresses.size();
  put16(out, id);
  put16(out,
        0x8100U | (truncated ? 0x0200U : 0U) | (answer.recursive ? 0x0080U : 0U) | static_cast<unsigned>(answer.rcode));
  put16(out, 1);
  put16(out, static_cast<unsigned>(records));
  put16(out, answer.soa_minimum ? 1 : 0);
  put16(out, 0);
  const Bytes name = name_bytes(question.name);
  out.insert(out.end(), name.begin(), name.end());
  put16(out, question.type);
  put16(out, class_in);
  if (!truncated) {
    std::string owner = question.name;
    for (const auto& target : answer.cnames) {
      put_record(out, owner, type_cname, answer.ttl, name_bytes(target));
      owner = target;
    }
    for (const auto& text : answer.addresses) {
      put_record(out, owner, question.type, answer.ttl, address_bytes(text, question.type == type_aaaa));
    }
  }
  if (answer.soa_minimum) {
    Bytes soa = name_bytes("ns.example");
    const Bytes mailbox = name_bytes("hostmaster.example");
    soa.insert(soa.end(), mailbox.begin(), mailbox.end());
    for (const std::uint32_t value : {1U, 3600U, 600U, 86400U, *answer.soa_minimum}) put32(soa, value);
    put_record(out, "example", type_soa, 3600, soa);
  }
  return out;
}

struct FakeDns::State : std::enable_shared_from_this<FakeDns::State> {
  State(asio::io_context& context, Handler wanted, const asio::ip::address& address)
      : io(context), handler(std::move(wanted)), udp_socket(context), acceptor(context) {
    // The UDP port is free, the same TCP port most often, too.
    for (int attempt = 0; attempt < 50 && !acceptor.is_open(); ++attempt) {
      udp_socket = udp::socket(io, udp::endpoint(address, 0));
      error_code error;
      tcp::endpoint endpoint(address, udp_socket.local_endpoint().port());
      acceptor.open(endpoint.protocol());
      acceptor.set_option(tcp::acceptor::reuse_address(true));
      acceptor.bind(endpoint, error);
      if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
      if (error) acceptor.close();
    }
    if (!acceptor.is_open()) throw std::runtime_error("no port free over both UDP and TCP");
    udp_socket.set_option(asio::socket_base::receive_buffer_size(1 << 20));
  }

  std::optional<DnsAnswer> answer(const DnsQuestion& question) {
    seen.push_back(question);
    if (!question.tcp && drop_every > 0 && ++since_drop >= drop_every) {
      since_drop = 0;
      ++dropped;
      return std::nullopt;
    }
    return handler(question);
  }

  /// Sends now or after the answer's delay.
  template <class Send>
  void later(std::chrono::milliseconds delay, Send send) {
    if (delay.count() == 0) return send();
    auto timer = std::make_shared<asio::steady_timer>(io, delay);
    timer->async_wait([timer, send = std::move(send)](error_code error) {
      if (!error) send();
    });
  }

  void receive() {
    udp_socket.async_receive_from(
        asio::buffer(datagram), peer, [self = shared_from_this()](error_code error, std::size_t size) {
          if (error == asio::error::operation_aborted || !self->udp_socket.is_open()) return;
          if (!error)
            self->reply({self->datagram.begin(), self->datagram.begin() + static_cast<std::ptrdiff_t>(size)},
                        self->peer);
          self->receive();
        });
  }
  void reply(const Bytes& message, const udp::endpoint& to) {
    const auto question = read_question(message, false);
    const auto ours = question ? answer(*question) : std::nullopt;
    if (!ours) return;
    Bytes out = dns_message(static_cast<std::uint16_t>(get16(message, 0)), *question, *ours);
    later(ours->delay, [self = shared_from_this(), out = std::move(out), to] {
      error_code ignored;
      if (self->udp_socket.is_open()) self->udp_socket.send_to(asio::buffer(out), to, 0, ignored);
    });
  }

  struct Connection {
    explicit Connection(tcp::socket accepted) : socket(std::move(accepted)) {}
    tcp::socket socket;
    Bytes in, out;
  };
  void accept() {
    acceptor.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      if (error) return;
      self->read(std::make_shared<Connection>(std::move(socket)));
      self->accept();
    });
  }
  void read(const std::shared_ptr<Connection>& connection) {
    connection->in.resize(2);
    asio::async_read(connection->socket, asio::buffer(connection->in),
                     [self = shared_from_this(), connection](error_code error, auto) {
                       if (error) return;
                       connection->in.resize(get16(connection->in, 0));
                       asio::async_read(connection->socket, asio::buffer(connection->in),
                                        [self, connection](error_code failed, auto) {
                                          if (!failed) self->reply(connection);
                                        });
                     });
  }
  void reply(const std::shared_ptr<Connection>& connection) {
    const auto question = read_question(connection->in, true);
    const auto ours = question ? answer(*question) : std::nullopt;
    if (!ours) return read(connection);
    const Bytes message = dns_message(static_cast<std::uint16_t>(get16(connection->in, 0)), *question, *ours);
    connection->out.clear();
    put16(connection->out, static_cast<unsigned>(message.size()));
    connection->out.insert(connection->out.end(), message.begin(), message.end());
    later(ours->delay, [self = shared_from_this(), connection] {
      asio::async_write(connection->socket, asio::buffer(connection->out), [self, connection](error_code error, auto) {
        if (!error) self->read(connection);
      });
    });
  }

  asio::io_context& io;
  Handler handler;
  udp::socket udp_socket;
  tcp::acceptor acceptor;
  udp::endpoint peer;
  std::array<std::uint8_t, 4096> datagram{};
  std::vector<DnsQuestion> seen;
  int drop_every = 0, since_drop = 0, dropped = 0;
};

FakeDns::FakeDns(asio::io_context& io, Handler handler, const std::string& address)
    : state_(std::make_shared<State>(io, std::move(handler), asio::ip::make_address(address))) {
  state_->receive();
  state_->accept();
}

FakeDns::~FakeDns() { stop(); }

model::DnsServerAddress FakeDns::address() const {
  const auto endpoint = state_->acceptor.local_endpoint();
  return {endpoint.address().to_string(), endpoint.port()};
}

void FakeDns::drop_every(int n) { state_->drop_every = n; }

void FakeDns::stop() {
  error_code ignored;
  state_->udp_socket.close(ignored);
  state_->acceptor.close(ignored);
}

const std::vector<DnsQuestion>& FakeDns::seen() const { return state_->seen; }

int FakeDns::dropped() const { return state_->dropped; }

std::uint16_t closed_port() {
  asio::io_context io;
  return udp::socket(io, udp::endpoint(asio::ip::address_v4::loopback(), 0)).local_endpoint().port();
}

}  // namespace support
