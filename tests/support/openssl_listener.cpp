// After every test case the OpenSSL error queue must be empty: a left-over entry would turn up in another check's
// message.
#include <openssl/err.h>

#include <catch2/catch_test_case_info.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>

namespace {

struct OpenSslQueueIsEmpty : Catch::EventListenerBase {
  using EventListenerBase::EventListenerBase;
  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (const unsigned long code = ERR_peek_error()) {
      std::fprintf(stderr, "OpenSSL error queue not empty after \"%s\": %s\n", stats.testInfo->name.c_str(),
                   ERR_reason_error_string(code));
      std::abort();
    }
  }
};

}  // namespace

CATCH_REGISTER_LISTENER(OpenSslQueueIsEmpty)
