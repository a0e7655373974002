#include "agent/inject/review.hpp"

#include <boost/json/memory_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/system/errc.hpp>
#include <new>

#include "agent/inject/inject.hpp"
#include "agent/inject/syntax.hpp"
#include "common/base64.hpp"

namespace inject {
namespace {

namespace json = boost::json;

/// For one review's values. The largest pod that an API server takes, 3 MiB, needs far less, but 4 MiB of brackets or
/// numbers would be a hundred.
constexpr std::size_t most_memory = std::size_t{16} << 20;
constexpr std::size_t longest_uid = 256;
constexpr std::size_t most_warnings = 16;  // the API server passes on 4096 bytes of them altogether

class BoundedMemory final : public json::memory_resource {
 private:
  // Boost.JSON asks for no more than plain `new` aligns to, and does not always give back by the alignment it asked
  // for.
  void* do_allocate(std::size_t bytes, std::size_t) override {
    if (bytes > left_) throw std::bad_alloc();
    void* memory = ::operator new(bytes);
    left_ -= bytes;
    return memory;
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t) override {
    ::operator delete(memory);
    left_ += bytes;
  }
  [[nodiscard]] bool do_is_equal(const json::memory_resource& other) const noexcept override { return this == &other; }

  std::size_t left_ = most_memory;
};

/// In `memory`, which outlives the value; an error where that does not do.
json::value parsed(std::string_view body, BoundedMemory& memory, boost::system::error_code& error) {
  json::parse_options options;
  options.max_depth = 64;
  const json::storage_ptr storage(&memory);
  try {
    json::parser parser(storage, options);
    parser.reset(storage);
    parser.write(body.data(), body.size(), error);
    if (!error) return parser.release();
  } catch (const std::bad_alloc&) {
    error = make_error_code(boost::system::errc::not_enough_memory);
  }
  return nullptr;
}

Answer malformed(std::string why) {
  Answer answer;
  answer.reason = std::move(why);
  answer.body = "400 bad request: " + answer.reason + "\n";
  return answer;
}

const json::object* object_in(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value ? value->if_object() : nullptr;
}

std::string text_in(const json::object* object, std::string_view key) {
  const auto* value = object ? object->if_contains(key) : nullptr;
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string(*text) : "";
}

/// "<namespace>/<name>"; a pod whose name the API server is yet to make has "<generateName>*".
std::string pod_name(const json::object& request, const json::object& pod) {
  const auto* metadata = object_in(pod, "metadata");
  auto name = text_in(&request, "name");
  if (name.empty()) name = text_in(metadata, "name");
  if (name.empty()) name = text_in(metadata, "generateName") + "*";
  return text_in(&request, "namespace") + "/" + name;
}

/// Why the request is none of ours; "" where it is the creation of a pod.
std::string why_other(const json::object& request) {
  const auto* kind = object_in(request, "kind");
  if (text_in(kind, "kind") != "Pod" || !text_in(kind, "group").empty()) return "no Pod";
  if (!text_in(&request, "subResource").empty()) return "a subresource";
  if (text_in(&request, "operation") != "CREATE") return "no creation";
  return "";
}

std::string allowed(const Answer& answer, const json::array& patch) {
  json::object response{{"uid", answer.uid}, {"allowed", true}};
  if (!patch.empty()) {
    response["patchType"] = "JSONPatch";
    response["patch"] = common::base64(json::serialize(patch));
  }
  json::array warnings;
  for (const auto& warning : answer.warnings)
    if (warnings.size() < most_warnings) warnings.emplace_back("pgd-agent: " + warning);
  if (!warnings.empty()) response["warnings"] = std::move(warnings);
  return json::serialize(json::object{
      {"apiVersion", "admission.k8s.io/v1"}, {"kind", "AdmissionReview"}, {"response", std::move(response)}});
}

Answer answer_to(const json::object& request, const Settings& settings, std::string_view version) {
  Answer answer;
  answer.uid = text_in(&request, "uid");
  if (answer.uid.empty() || answer.uid.size() > longest_uid)
    return malformed("request.uid: expected a text of 1 to 256 bytes");
  const auto* dry_run = request.if_contains("dryRun");
  answer.dry_run = dry_run && dry_run->is_bool() && dry_run->get_bool();
  answer.result = Result::skipped;
  answer.reason = why_other(request);
  const auto* pod = object_in(request, "object");
  if (answer.reason.empty() && !pod) {
    answer.result = Result::refused;
    answer.reason = "request.object is no object";
    answer.warnings.push_back("not injected: " + answer.reason);
  }
  json::array patch;
  if (answer.reason.empty()) {
    answer.pod = pod_name(request, *pod);
    auto injection = inject(*pod, settings, version);
    answer.reason = std::move(injection.reason);
    answer.node = std::move(injection.node);
    answer.warnings = std::move(injection.warnings);
    patch = std::move(injection.patch);
    switch (injection.outcome) {
      case Outcome::injected: answer.result = Result::injected; break;
      case Outcome::skipped: answer.result = Result::skipped; break;
      case Outcome::refused: answer.result = Result::refused; break;
    }
  }
  answer.body = allowed(answer, patch);
  return answer;
}

}  // namespace

Answer review(std::string_view body, const Settings& settings, std::string_view version) {
  boost::system::error_code error;
  BoundedMemory memory;
  const auto value = parsed(body, memory, error);
  if (error == boost::system::errc::not_enough_memory) return malformed("its values need more than 16 MiB");
  if (error) return malformed("not JSON: " + error.message());
  const auto* review = value.if_object();
  if (!review || text_in(review, "kind") != "AdmissionReview" || text_in(review, "apiVersion") != "admission.k8s.io/v1")
    return malformed("not an AdmissionReview of admission.k8s.io/v1");
  const auto* request = object_in(*review, "request");
  if (!request) return malformed("request: expected an object");
  return answer_to(*request, settings, version);
}

}  // namespace inject
