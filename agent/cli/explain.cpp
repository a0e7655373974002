#include "agent/views/explain.hpp"

#include <iostream>

#include "agent/cli/commands.hpp"

namespace cli {

int explain(const Explain& options) {
  if (options.code.empty()) {
    for (const auto& entry : model::catalogue()) std::cout << entry.name << '\n';
    return 0;
  }
  const auto code = model::code_named(options.code);
  if (!code)
    return fail("explain", "\"" + options.code + "\" is no finding code; \"pgd-agent explain\" lists them all");
  std::cout << views::explain(model::catalogue().at(static_cast<std::size_t>(*code)));
  return 0;
}

}  // namespace cli
