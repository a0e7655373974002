// A command run within the test: how it ends and what it prints.
#pragma once
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "agent/cli/commands.hpp"

namespace running {

/// Standard output and error of a command, kept from the terminal.
class Printed {
 public:
  Printed() : out_before_(std::cout.rdbuf(out_.rdbuf())), err_before_(std::cerr.rdbuf(err_.rdbuf())) {}
  ~Printed() {
    std::cout.rdbuf(out_before_);
    std::cerr.rdbuf(err_before_);
  }
  Printed(const Printed&) = delete;
  Printed& operator=(const Printed&) = delete;
  [[nodiscard]] std::string out() const { return out_.str(); }
  [[nodiscard]] std::string err() const { return err_.str(); }

 private:
  std::ostringstream out_, err_;
  std::streambuf *out_before_, *err_before_;
};

struct Ran {
  int status;
  std::string out, err;
};

inline Ran run(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "pgd-agent");
  const Printed printed;
  const int status = cli::main(static_cast<int>(arguments.size()), arguments.data());
  return {status, printed.out(), printed.err()};
}

}  // namespace running
