#include "agent/cli/exec.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "agent/cli/commands.hpp"

namespace cli {

Inherited::Inherited() {
  for (std::size_t i = 0; i < numbers.size(); ++i) ::sigaction(numbers.at(i), nullptr, &actions_.at(i));
}

bool Inherited::ignored(int number) const {
  const auto at = static_cast<std::size_t>(std::find(numbers.begin(), numbers.end(), number) - numbers.begin());
  return at < numbers.size() && actions_.at(at).sa_handler == SIG_IGN;
}

void Inherited::restore() const {
  for (std::size_t i = 0; i < numbers.size(); ++i) ::sigaction(numbers.at(i), &actions_.at(i), nullptr);
}

int exec(const std::vector<std::string>& command, const Inherited& inherited) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  inherited.restore();
  ::execvp(arguments.front(), arguments.data());
  const int error = errno;
  fail("wait", command.front() + ": " + std::strerror(error));
  return error == ENOENT ? 127 : 126;
}

}  // namespace cli
