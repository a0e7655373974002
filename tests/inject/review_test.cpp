#include "agent/inject/review.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include "tests/inject/pods.hpp"

using namespace inject_test;
using inject::Result;

namespace {

json::object request(json::object pod) {
  return {{"uid", "0815"},         {"kind", json::object{{"group", ""}, {"version", "v1"}, {"kind", "Pod"}}},
          {"operation", "CREATE"}, {"namespace", "pgd"},
          {"dryRun", true},        {"object", std::move(pod)}};
}

std::string text(json::object request) {
  return json::serialize(json::object{
      {"apiVersion", "admission.k8s.io/v1"}, {"kind", "AdmissionReview"}, {"request", std::move(request)}});
}

inject::Settings with_image() {
  inject::Settings settings;
  settings.image = "pgd-agent:0.1.0";
  return settings;
}

json::object response(const inject::Answer& answer) { return json::parse(answer.body).at("response").get_object(); }

}  // namespace

TEST_CASE("a review is answered with a patch") {
  const auto answer = inject::review(text(request(operators_pod())), with_image(), "0.1.0");
  CHECK(answer.result == Result::injected);
  CHECK(answer.pod == "pgd/region-a-1-1");
  CHECK(answer.node == "region-a-1");
  CHECK(answer.dry_run);
  const auto said = response(answer);
  CHECK(said.at("uid") == "0815");
  CHECK(said.at("allowed") == true);
  CHECK(said.at("patchType") == "JSONPatch");
  CHECK_FALSE(said.at("patch").as_string().empty());
  CHECK_FALSE(said.contains("warnings"));
}

TEST_CASE("what can't be injected is allowed, without a patch") {
  auto other_kind = request(operators_pod());
  other_kind["kind"].get_object()["kind"] = "Service";
  auto update = request(operators_pod());
  update["operation"] = "UPDATE";
  auto exec = request(operators_pod());
  exec["subResource"] = "exec";
  auto no_object = request({});
  no_object["object"] = nullptr;
  auto clash = operators_pod();
  spec(clash)["volumes"] = "text";
  const std::vector<std::pair<json::object, Result>> cases{
      {other_kind, Result::skipped}, {update, Result::skipped},      {exec, Result::skipped},
      {no_object, Result::refused},  {request({}), Result::skipped}, {request(clash), Result::refused}};
  for (const auto& [review, result] : cases) {
    const auto answer = inject::review(text(review), with_image(), "0.1.0");
    CHECK(answer.result == result);
    const auto said = response(answer);
    CHECK(said.at("allowed") == true);
    CHECK_FALSE(said.contains("patch"));
    CHECK(said.contains("warnings") == (result == Result::refused));
  }
}

TEST_CASE("warnings say what an annotation did not do") {
  auto pod = operators_pod();
  const auto answer = inject::review(text(request(annotate(pod, "gate", "harsh\n\"x"))), with_image(), "0.1.0");
  CHECK(answer.result == Result::injected);
  const auto said = response(answer);
  const auto& warnings = said.at("warnings").as_array();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] == R"(pgd-agent: annotation pgd-agent.io/gate: "harsh??x" is not valid; the setting counts)");
}

TEST_CASE("a pod named by the API server later is logged by its prefix") {
  auto pod = operators_pod();
  metadata(pod).erase("name");
  metadata(pod)["generateName"] = "region-a-1-";
  CHECK(inject::review(text(request(pod)), with_image(), "0.1.0").pod == "pgd/region-a-1-*");
}

TEST_CASE("the largest pod is taken, what would take memory without end is not") {
  auto pod = operators_pod();
  metadata(pod)["annotations"].get_object()["x"] = std::string(3u << 20, 'x');
  CHECK(inject::review(text(request(pod)), with_image(), "0.1.0").result == Result::injected);
  json::array many;
  for (int i = 0; i < 20'000; ++i)
    many.push_back(json::object{{"name", "A" + std::to_string(i)}, {"value", "some text"}});
  pod = operators_pod();
  spec(pod)["containers"].get_array()[0].get_object()["env"] = many;
  CHECK(inject::review(text(request(pod)), with_image(), "0.1.0").result == Result::injected);
  for (const std::string piece : {"0,", "[],", "{},", "\"\","}) {
    std::string body = R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":[)";
    while (body.size() < (4u << 20) - 8) body += piece;
    const auto answer = inject::review(body + "0]}", with_image(), "0.1.0");
    CHECK(answer.result == Result::malformed);
    CHECK(answer.reason == "its values need more than 16 MiB");
  }
}

TEST_CASE("what is no review is told so") {
  auto without_uid = request(operators_pod());
  without_uid.erase("uid");
  auto long_uid = request(operators_pod());
  long_uid["uid"] = std::string(257, 'x');
  for (const auto& body :
       {std::string(), std::string("{"), std::string("[]"), std::string("{}"), std::string("\xff\xfe"),
        std::string(100'000, '['), std::string(R"({"kind":"AdmissionReview"})"),
        std::string(R"({"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"})"),
        std::string(R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":[]})"), text(without_uid),
        text(long_uid)}) {
    const auto answer = inject::review(body, with_image(), "0.1.0");
    CHECK(answer.result == Result::malformed);
    CHECK(answer.body.starts_with("400 bad request: "));
  }
}
