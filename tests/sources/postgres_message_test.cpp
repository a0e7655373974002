// The messages of the PostgreSQL protocol, byte by byte (documentation §55.7): what a probe sends, and what it makes of
// whatever a server may send.
#include "agent/sources/postgres_message.hpp"

#include <catch2/catch_test_macros.hpp>

using sources::read_message;
using sources::ServerMessage;
using Kind = ServerMessage::Kind;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

std::string int32(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

std::string message(char type, std::string_view body) {
  return type + int32(static_cast<std::uint32_t>(body.size() + 4)) + std::string(body);
}

/// A header that announces `length`, whatever follows it.
std::string announced(char type, std::uint32_t length, std::string_view body = "") {
  return type + int32(length) + std::string(body);
}

constexpr auto refusal =
    "SFATAL\0VFATAL\0C28000\0Mpg_hba.conf rejects connection\0Fauth.c\0L411\0RClientAuthentication\0\0"sv;

}  // namespace

TEST_CASE("SSLRequest is these eight bytes") { CHECK(sources::ssl_request() == "\x00\x00\x00\x08\x04\xd2\x16\x2f"s); }

TEST_CASE("a StartupMessage is these bytes") {
  const auto expected =
      "\x00\x00\x00\x4c"
      "\x00\x03\x00\x00"
      "user\0streaming_replica\0"
      "replication\0true\0"
      "application_name\0pgd-agent\0"
      "\0"s;
  CHECK(expected.size() == 0x4c);
  CHECK(sources::startup_message("streaming_replica") == expected);
  const auto other = sources::startup_message("u");
  CHECK(other.size() == expected.size() - 16);
  CHECK(other.substr(0, 4) == int32(static_cast<std::uint32_t>(other.size())));
}

TEST_CASE("Terminate is these bytes") { CHECK(sources::terminate_message() == "X\x00\x00\x00\x04"s); }

TEST_CASE("an AuthenticationRequest brings its code") {
  const auto ok = read_message(message('R', int32(0)));
  CHECK(ok.kind == Kind::authentication);
  CHECK(ok.authentication == 0);
  CHECK(ok.size == 9);
  const auto sasl = read_message(message('R', int32(10) + "SCRAM-SHA-256\0\0"s) + "more");
  CHECK(sasl.kind == Kind::authentication);
  CHECK(sasl.authentication == 10);
  CHECK(sasl.size == 24);
}

TEST_CASE("an AuthenticationRequest without a whole code is none") {
  for (std::size_t size = 0; size < 4; ++size) {
    CAPTURE(size);
    CHECK(read_message(message('R', std::string(size, '\0'))).kind == Kind::foreign);
  }
}

TEST_CASE("an ErrorResponse brings SQLSTATE, routine and text") {
  const auto error = read_message(message('E', refusal));
  CHECK(error.kind == Kind::error);
  CHECK(error.size == refusal.size() + 5);
  CHECK(error.error == model::ServerError{"28000", "ClientAuthentication", "pg_hba.conf rejects connection"});
}

TEST_CASE("an error's fields stand without their terminators, without any field, and after the last they end") {
  CHECK(read_message(message('E', "C57P03\0Mcut"sv)).error == model::ServerError{"57P03", "", "cut"});
  CHECK(read_message(message('E', "C57P03"sv)).error == model::ServerError{"57P03", "", ""});
  CHECK(read_message(message('E', "C"sv)).error == model::ServerError{});
  CHECK(read_message(message('E', ""sv)).kind == Kind::error);
  CHECK(read_message(message('E', "\0"sv)).error == model::ServerError{});
  CHECK(read_message(message('E', "C\0Mtext\0\0"sv)).error == model::ServerError{"", "", "text"});
  // A zero where a field's type is due ends the message.
  CHECK(read_message(message('E', "C28000\0\0Mafter the end\0"sv)).error == model::ServerError{"28000", "", ""});
}

TEST_CASE("a server's text is printable, one line and cut") {
  const auto hostile = read_message(message('E', "C2\x1b[31m8\0M\a\x7f\r\n\t\x80\xff ~\0\0"sv)).error;
  CHECK(hostile.sqlstate == "2?[31m8");
  CHECK(hostile.message == "??????? ~");
  const auto longest =
      read_message(message('E', "M" + std::string(20'000, 'x') + "\0R"s + std::string(300, 'y'))).error;
  CHECK(longest.message == std::string(200, 'x'));
  CHECK(longest.routine == std::string(200, 'y'));
}

TEST_CASE("what else a server sends before it is ready is passed over") {
  for (const char type : "vNSKZ"sv) {
    CAPTURE(type);
    const auto other = read_message(message(type, "body"));
    CHECK(other.kind == Kind::other);
    CHECK(other.size == 9);
    CHECK(read_message(message(type, "")).size == 5);
  }
}

TEST_CASE("any other first byte is foreign, whatever follows") {
  int known = 0;
  for (int byte = 0; byte < 256; ++byte) {
    const char type = static_cast<char>(byte);
    const bool is_known = "REvNSKZ"sv.find(type) != std::string_view::npos;
    CAPTURE(byte);
    CHECK((read_message(std::string(1, type)).kind == Kind::incomplete) == is_known);
    CHECK((read_message(message(type, int32(0))).kind == Kind::foreign) != is_known);
    known += is_known;
  }
  CHECK(known == 7);
  CHECK(read_message("HTTP/1.1 400 Bad Request\r\n").kind == Kind::foreign);
}

TEST_CASE("a message cut anywhere is incomplete, and takes nothing off the stream") {
  for (const auto& whole : {message('E', refusal), message('R', int32(10) + "SCRAM-SHA-256\0\0"s),
                            message('S', "server_version\00015.6\0"sv), message('Z', "I")}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(whole.front(), size);
      const auto cut = read_message(std::string_view(whole).substr(0, size));
      CHECK(cut.kind == Kind::incomplete);
      CHECK(cut.size == 0);
    }
    CHECK(read_message(whole).size == whole.size());
  }
}

TEST_CASE("a length is believed from 4 to 30,000") {
  for (const std::uint32_t length : {0U, 1U, 2U, 3U, 30'001U, 0x7fff'ffffU, 0x8000'0000U, 0xffff'ffffU}) {
    for (const char type : "REvNSKZ"sv) {
      CAPTURE(length, type);
      const auto read = read_message(announced(type, length, "any body at all"));
      CHECK(read.kind == Kind::foreign);
      CHECK(read.size == 0);
    }
  }
  CHECK(read_message(announced('E', 30'000)).kind == Kind::incomplete);
  const auto longest = read_message(announced('E', 30'000, std::string(29'996, 'M')));
  CHECK(longest.kind == Kind::error);
  CHECK(longest.size == 30'001);
  CHECK(read_message(announced('Z', 4)).kind == Kind::other);
}

TEST_CASE("messages one after another are taken off one by one") {
  std::string stream = message('R', int32(0)) + message('S', "a\0b\0"sv) + message('K', "12345678") + message('Z', "I");
  std::vector<Kind> kinds;
  for (auto next = read_message(stream); next.size > 0; next = read_message(stream)) {
    kinds.push_back(next.kind);
    stream.erase(0, next.size);
  }
  CHECK(kinds == std::vector{Kind::authentication, Kind::other, Kind::other, Kind::other});
  CHECK(stream.empty());
}
