#include "agent/rules/decode.hpp"
#include "agent/rules/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto bundle = [&](model::SecretRole role) {
    model::SecretFiles files{.cert = model::SecretFile{text}, .ca = model::SecretFile{text}};
    files.key = model::SecretKeyFile{common::SecretBytes{std::string(text)}};
    return rules::decode(std::move(files), role, model::Source::mounted);
  };
  const auto leaf = bundle(model::SecretRole::server), ca = bundle(model::SecretRole::server_ca);
  const model::Targets targets{{}, {"n1.example", "10.0.0.1"}, {"r.example"}, {"n2.example"}};
  for (const auto* one : {&leaf, &ca}) rules::judge_secret({one, one == &leaf ? &ca : nullptr, {}, &targets});
  return 0;
}
