// What `names` and `lint` print: JSON for programs, tables for people.
#pragma once
#include <string>
#include <vector>

#include "agent/views/reports.hpp"

namespace views {

/// {groups:[{group, namespace, mode, nodes, names:[{role, node, service, fqdns}], discovery, certificates}]}
std::string names_json(const std::vector<GroupNames>& groups);

/// Services and their names, then what each certificate has to cover.
std::string names_table(const std::vector<GroupNames>& groups, bool colour);

/// Nothing critical and no warning: what decides the exit code.
bool lint_passes(const std::vector<LintItem>& items);

/// {ok, findings:[{code, severity, path, line, message, remedy, group}]} in the order of the text.
std::string lint_json(const std::vector<LintItem>& items);

/// "FILE:LINE: severity code path", sentence and remedy for each, then a line of result.
std::string lint_table(const std::string& file, std::size_t groups, const std::vector<LintItem>& items, bool colour);

}  // namespace views
