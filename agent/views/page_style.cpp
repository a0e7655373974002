#include "agent/views/page_parts.hpp"

namespace views {

std::string_view page_style() {
  return R"css(
:root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --line: #dfe3e8; --text: #1b2430; --faint: #5b6776;
  --good: #12703f; --good-back: #e4f4ea; --warn: #855000; --warn-back: #fdf1d8; --bad: #b3261e; --bad-back: #fce8e6; --link: #0b57b0 }
@media (prefers-color-scheme: dark) {
  :root { --back: #12161c; --card: #1b2129; --line: #303945; --text: #e4e9ef; --faint: #9ba8b7; --good: #6fd39b;
    --good-back: #14301f; --warn: #f0bf5f; --warn-back: #352711; --bad: #ff9d94; --bad-back: #3c1a18; --link: #8ab8ff } }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto,
  "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100% }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem }
header { padding-top: 1.5rem }
h1 { margin: .25rem 0 .5rem; padding: .7rem 1rem; border-left: .35rem solid; border-radius: .35rem; font-size: 1.3rem;
  line-height: 1.35; font-weight: 650; overflow-wrap: anywhere }
h1.good { color: var(--good); background: var(--good-back) }
h1.warning { color: var(--warn); background: var(--warn-back) }
h1.bad { color: var(--bad); background: var(--bad-back) }
h1.quiet { color: var(--faint); background: var(--card) }
h2 { margin: 2rem 0 .6rem; font-size: 1.05rem; font-weight: 650 }
h2 small { font-weight: 400; color: var(--faint); font-size: .9rem; margin-left: .4rem }
h3 { margin: 0; font-size: 1rem; font-weight: 650 }
p { margin: 0 }
a { color: var(--link) }
.faint, .where, .asof, footer { color: var(--faint) }
.where strong { color: var(--text); font-weight: 600 }
.asof, footer { font-size: .87rem }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; margin: 0 0 .75rem }
.card > .line { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline }
.gates { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .75rem; margin: 0; padding: 0;
  list-style: none }
.gates .card { margin: 0 }
.gates ul { margin: .4rem 0 0; padding-left: 1.1rem; font-size: .93rem }
.badge { white-space: nowrap; font-weight: 600 }
.badge.good { color: var(--good) }
.badge.warning { color: var(--warn) }
.badge.bad { color: var(--bad) }
.badge.quiet { color: var(--faint); font-weight: 400 }
.finding { border-left: .35rem solid var(--line) }
.finding.bad { border-left-color: var(--bad) }
.finding.warning { border-left-color: var(--warn) }
.finding p { max-width: 60rem; margin-top: .25rem; overflow-wrap: anywhere }
.finding .remedy { color: var(--faint) }
.finding .remedy b { font-weight: 600; color: var(--text) }
code, .mono { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .88em }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  font-size: .93rem }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem; border-top: 1px solid var(--line) }
tbody th, td:last-child, td .mono { overflow-wrap: anywhere }
time { white-space: nowrap }
thead th { border-top: 0; font-size: .8rem; font-weight: 600; color: var(--faint); white-space: nowrap }
tbody th { font-weight: 500 }
.checks tbody th { white-space: nowrap }
tr.why td, tr.part th, tr.part td { border-top: 0; padding-top: 0 }
tr.why p { max-width: 60rem; overflow-wrap: anywhere }
tr.part th { padding-left: 1.75rem }
.sub { display: block; font-weight: 400; color: var(--faint); font-size: .87rem }
.card table { margin-top: .6rem; border: 0; table-layout: fixed }
.card thead th:first-child { width: 34% }
.card thead th:nth-child(2) { width: 17% }
.card thead th:nth-child(3) { width: 32% }
.card td .badge { white-space: normal }
.card td:first-child, .card th:first-child { padding-left: 0 }
ul.plain { margin: 0; padding: 0; list-style: none }
details { margin-top: .75rem }
summary { cursor: pointer; color: var(--faint) }
details table { margin-top: .5rem }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
footer { padding-top: 2rem; padding-bottom: 2rem }
footer dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 }
footer dt, footer dd { margin: 0; overflow-wrap: anywhere }
@media (max-width: 46rem) {
  header, main, footer { padding-left: .9rem; padding-right: .9rem }
  table, tbody, tr, td, tbody th { display: block; width: 100% }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tr { border-top: 1px solid var(--line); padding: .5rem 0 }
  tr:first-child { border-top: 0 }
  tbody th, td { border: 0; padding: .1rem .9rem }
  tbody th { font-weight: 600 }
  tr.why, tr.part { border-top: 0; padding-top: 0 }
  td { display: grid; grid-template-columns: 6.5rem 1fr; gap: .5rem }
  td::before { content: attr(data-head); color: var(--faint); font-size: .87rem }
  .card td, .card tbody th { padding-left: 0; padding-right: 0 }
  footer dl { grid-template-columns: 1fr }
  footer dd { margin-bottom: .4rem }
}
@media print { body { background: #fff } .card, table { break-inside: avoid } }
)css";
}

}  // namespace views
