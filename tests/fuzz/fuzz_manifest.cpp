#include "agent/pgd/lint.hpp"
#include "agent/pgd/objects.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto groups = pgd::read_manifests({reinterpret_cast<const char*>(data), size});
  if (groups) pgd::lint(*groups);
  for (std::size_t i = 0; groups && i < groups->size(); ++i) {
    const auto& group = (*groups)[i];
    for (const auto& objects : {services(group, {}, "n"), certificates(group, {}, "n"), {group.document}}) {
      for (const auto& object : objects)
        if (!pgd::read_yaml(pgd::to_yaml(object))) __builtin_trap();
    }
  }
  return 0;
}
