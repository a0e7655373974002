// ares_query and ares_process_fd are what both 1.18 and 1.34 have; the latter calls them old.
#define CARES_NO_DEPRECATED
#include "agent/sources/cares_channel.hpp"

#include <net/if.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "agent/sources/dns_reply.hpp"

namespace sources {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using model::DnsStatus;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int record_class_in = 1, record_a = 1, record_aaaa = 28;
// c-ares ≥ 1.30 shortens a timeout to five times what a server took on average, 250 ms at least: asking again for less
// than half of that would be for nothing.
constexpr milliseconds worth_asking_again{125};

DnsStatus status_without_reply(int code) {
  switch (code) {
    case ARES_ENODATA: return DnsStatus::nodata;
    case ARES_ENOTFOUND: return DnsStatus::nxdomain;
    case ARES_ESERVFAIL: return DnsStatus::servfail;
    case ARES_EREFUSED: return DnsStatus::refused;
    case ARES_ENOTIMP: return DnsStatus::notimp;
    case ARES_EFORMERR:
    case ARES_EBADRESP:
    case ARES_EBADQUERY:
    case ARES_EBADNAME: return DnsStatus::formerr;
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION: return DnsStatus::timeout;
    default: return DnsStatus::unreachable;
  }
}

/// The scope of "fe80::1%eth0" as an interface's name, "" where there is none.
std::string interface_of(const model::DnsServerAddress& server) {
  const auto percent = server.address.find('%');
  if (percent == std::string::npos) return "";
  const std::string scope = server.address.substr(percent + 1);
  if (scope.find_first_not_of("0123456789") != std::string::npos) return scope;
  std::array<char, IF_NAMESIZE> name{};
  return ::if_indextoname(static_cast<unsigned>(std::strtoul(scope.c_str(), nullptr, 10)), name.data()) ? name.data()
                                                                                                        : scope;
}

/// "address:port" as c-ares wants it. Before 1.28 it knew no scopes: the socket is bound to the interface instead.
std::string server_csv(const model::DnsServerAddress& server, const std::string& interface) {
  model::DnsServerAddress plain{server.address.substr(0, server.address.find('%')), server.port};
  if (ARES_VERSION >= 0x011c00 && plain.address.starts_with("fe80")) plain.address += "%" + interface;
  return to_text(plain);
}

bool initialise_library() {
  struct Library {
    int code = ares_library_init(ARES_LIB_INIT_ALL);
    ~Library() { ares_library_cleanup(); }
  };
  static const Library library;
  return library.code == ARES_SUCCESS;
}

}  // namespace

CaresChannel::CaresChannel(asio::any_io_executor executor, const model::DnsServerAddress& server, milliseconds timeout,
                           bool tcp)
    : executor_(std::move(executor)),
      timeout_(timeout),
      tcp_(tcp),
      interface_(interface_of(server)),
      timer_(executor_) {
  if (!initialise_library()) return;
  ares_options settings{};
  settings.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP | (tcp ? ARES_FLAG_USEVC : 0);
  settings.timeout = static_cast<int>(timeout_.count());
  settings.tries = 1;
  settings.ndots = 1;
  char lookups[] = "b";
  settings.lookups = lookups;
  // Servers and domains are given, if only for the moment, so that c-ares needn't read the system's resolv.conf.
  in_addr loopback{htonl(INADDR_LOOPBACK)};
  settings.servers = &loopback;
  settings.nservers = 1;
  settings.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
    static_cast<CaresChannel*>(self)->on_socket(fd, readable != 0, writable != 0);
  };
  settings.sock_state_cb_data = this;
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS | ARES_OPT_LOOKUPS |
             ARES_OPT_SERVERS | ARES_OPT_DOMAINS | ARES_OPT_SOCK_STATE_CB;
#ifdef ARES_OPT_QUERY_CACHE
  settings.qcache_max_ttl = 0;
  mask |= ARES_OPT_QUERY_CACHE;
#endif
#ifdef ARES_OPT_MAXTIMEOUTMS
  settings.maxtimeout = settings.timeout;
  mask |= ARES_OPT_MAXTIMEOUTMS;
#endif
  if (ares_init_options(&cares_, &settings, mask) != ARES_SUCCESS) {
    cares_ = nullptr;
    return;
  }
  if (ares_set_servers_ports_csv(cares_, server_csv(server, interface_).c_str()) != ARES_SUCCESS) {
    ares_destroy(std::exchange(cares_, nullptr));
    return;
  }
  if (!interface_.empty()) ares_set_socket_configure_callback(cares_, &on_new_socket, this);
}

CaresChannel::~CaresChannel() {
  ending_ = true;
  if (cares_) ares_destroy(cares_);  // answers every open question, then closes sockets: members are still alive here
  for (auto& question : again_) settle(std::move(question), {});
}

int CaresChannel::on_new_socket(ares_socket_t fd, int, void* self) noexcept {
  const std::string& interface = static_cast<CaresChannel*>(self)->interface_;
  return ::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), static_cast<socklen_t>(interface.size()));
}

void CaresChannel::ask(const std::string& name, model::Family family, std::shared_ptr<DnsMailbox> to,
                       std::uint64_t tag) {
  auto question = std::make_unique<Question>(*this, name, family, std::move(to), tag, steady_clock::now());
  open_.insert(question.get());
  send(std::move(question));
  after_cares();
}

void CaresChannel::send(std::unique_ptr<Question> question) {
  if (!cares_) {
    model::DnsReply reply;
    reply.status = DnsStatus::unreachable;
    return settle(std::move(question), std::move(reply));
  }
  sending_ = true;
  Question* const raw = question.release();  // on_answer owns it from here, and may run inside ares_query
  ares_query(cares_, raw->name.c_str(), record_class_in, raw->family == model::Family::ipv4 ? record_a : record_aaaa,
             &on_answer, raw);
  sending_ = false;
  if (std::exchange(refused_, false)) answer_all_unreachable();
}

/// Runs inside c-ares, which must not be entered again: copies out, nothing more.
void CaresChannel::on_answer(void* arg, int code, int, unsigned char* message, int length) noexcept {
  std::unique_ptr<Question> question(static_cast<Question*>(arg));
  CaresChannel& channel = question->channel;
  channel.refused_ = channel.refused_ || (code == ARES_ECONNREFUSED && channel.sending_ && !channel.tcp_);
  if (code == ARES_ETIMEOUT && question->to && !channel.ending_ &&
      steady_clock::now() - question->asked_at + std::min(worth_asking_again, channel.timeout_ / 8) <
          channel.timeout_) {
    channel.again_.push_back(std::move(question));  // c-ares gave up before its time
    return;
  }
  model::DnsReply reply;
  if (message && length > 0) {
    reply = parse_reply({message, static_cast<std::size_t>(length)}, question->family);
  } else {
    reply.status = status_without_reply(code);
  }
  channel.settle(std::move(question), std::move(reply));
}

void CaresChannel::settle(std::unique_ptr<Question> question, model::DnsReply reply) {
  answer(*question, std::move(reply));
  open_.erase(question.get());
}

void CaresChannel::answer(Question& question, model::DnsReply reply) {
  if (!question.to) return;
  timeouts_in_row_ = reply.status == DnsStatus::timeout ? timeouts_in_row_ + 1 : 0;
  reply.tcp = processing_tcp_ && reply.status != DnsStatus::timeout;
  reply.duration = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - question.asked_at);
  question.to->try_send(error_code{}, question.tag, std::move(reply));  // posts: the receiver runs later
  question.to.reset();
}

/// An ICMP error is told once: where sending got it, c-ares 1.18 would let the questions it belongs to time out.
void CaresChannel::answer_all_unreachable() {
  for (Question* const question : open_) {
    model::DnsReply reply;
    reply.status = DnsStatus::unreachable;
    answer(*question, std::move(reply));
  }
}

void CaresChannel::on_socket(ares_socket_t fd, bool readable, bool writable) {
  auto it = sockets_.find(fd);
  if (!readable && !writable) {
    if (it == sockets_.end()) return;
    it->second->fd.release();  // before c-ares closes it: deregisters from epoll
    sockets_.erase(it);
    return;
  }
  if (it == sockets_.end()) {
    it = sockets_.emplace(fd, std::make_shared<Socket>(executor_, fd)).first;
    int type = 0;
    socklen_t size = sizeof type;
    it->second->tcp = ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
  }
  it->second->want_read = readable;
  it->second->want_write = writable;
  watch(it->second);
}

void CaresChannel::watch(const std::shared_ptr<Socket>& socket) {
  const auto ready = [this, weak = std::weak_ptr(socket)](Direction direction) {
    return [this, weak, direction](error_code error) {
      const auto ours = weak.lock();
      if (!ours || !ours->fd.is_open()) return;  // closed by c-ares, or the channel is gone: `this` is not touched
      (direction == Direction::read ? ours->reading : ours->writing) = false;
      if (error) return;
      const int fd = ours->fd.native_handle();
      process(direction == Direction::read ? fd : ARES_SOCKET_BAD, direction == Direction::write ? fd : ARES_SOCKET_BAD,
              ours->tcp);
      if (ours->fd.is_open()) watch(ours);
    };
  };
  if (socket->want_read && !std::exchange(socket->reading, socket->want_read)) {
    socket->fd.async_wait(asio::posix::stream_descriptor::wait_read, ready(Direction::read));
  }
  if (socket->want_write && !std::exchange(socket->writing, socket->want_write)) {
    socket->fd.async_wait(asio::posix::stream_descriptor::wait_write, ready(Direction::write));
  }
}

void CaresChannel::process(ares_socket_t read, ares_socket_t write, bool tcp) {
  processing_tcp_ = tcp;
  ares_process_fd(cares_, read, write);
  processing_tcp_ = false;
  after_cares();
}

/// To be called after every call into c-ares.
void CaresChannel::after_cares() {
  for (auto& question : std::exchange(again_, {})) send(std::move(question));
  timeval left{};
  if (!cares_ || !ares_timeout(cares_, nullptr, &left)) {
    if (armed_for_) timer_.cancel();
    armed_for_.reset();
    return;
  }
  // The millisecond more makes the question expired when we come: without it c-ares says "0 left" again and again.
  const auto due = steady_clock::now() + std::chrono::seconds{left.tv_sec} + std::chrono::microseconds{left.tv_usec} +
                   milliseconds{1};
  if (armed_for_ && *armed_for_ <= due) return;  // comes early, and is set anew then
  armed_for_ = due;
  timer_.expires_at(due);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](error_code error) {
    if (error || alive.expired()) return;
    armed_for_.reset();
    process(ARES_SOCKET_BAD, ARES_SOCKET_BAD, false);
  });
}

std::string cares_version() { return ares_version(nullptr); }

}  // namespace sources
