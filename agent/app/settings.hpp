// What is to be in force: the configuration's text, and the manifest it names, read again whenever asked. Keeps the
// last good ones; decides nothing else.
#pragma once
#include <optional>
#include <string>

#include "agent/config/config.hpp"
#include "agent/config/parse.hpp"

namespace app {

class Settings {
 public:
  Settings(std::string path, config::Environment environment);

  /// What a reading came to. Without a configuration, no text was ever good.
  struct Reading {
    std::optional<config::Config> config;  ///< the newest good text with the newest good manifest of that path
    std::string hash;                      ///< of both texts; "" without a configuration
    std::string error;                     ///< why what the files hold now is not all in force; may have several lines
  };
  Reading read();

  /// Of the manifest the newest good text names, "" where it names none.
  [[nodiscard]] const std::string& manifest_path() const;

 private:
  void read_text();
  /// The text with its manifest; sets the manifest's error.
  config::Config described();

  std::string path_;
  config::Environment environment_;
  std::optional<config::Config> text_;  ///< the newest good one, as written
  std::string text_hash_;               ///< of text_
  std::string text_error_;
  std::string rejected_hash_;  ///< of the newest bad text: not parsed again
  struct Manifest {
    std::string path;
    std::string text;
  };
  std::optional<Manifest> manifest_;  ///< the last good one
  std::string manifest_error_;
};

}  // namespace app
