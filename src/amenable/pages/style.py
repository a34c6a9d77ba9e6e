"""How the page looks: on a phone, on a screen, in the dark, in print. No script, no font file."""

STYLE = """
:root { --ink: #1b1f24; --paper: #ffffff; --soft: #59636e; --line: #d5dae0; --card: #f5f7f9;
  --good: #00704f; --part: #8a5a00; --bad: #b04000; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --paper: #16181d; --soft: #a2abb5; --line: #3a404a; --card: #1f232a;
    --good: #3fcf9f; --part: #e8b04a; --bad: #ff9966; --link: #7db7ff; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 1rem; max-width: 50rem; color: var(--ink);
  background: var(--paper); font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto,
  "Noto Sans", sans-serif; overflow-wrap: break-word; }
h1 { font-size: 2rem; line-height: 1.15; margin: 1rem 0; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .75rem; }
a { color: var(--link); }
nav { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; }
nav ol { margin: 0; padding-left: 1.75rem; }
nav li { padding: .25rem 0; }
section { border-top: 2px solid var(--line); margin-top: 2.5rem; padding-top: 1.25rem; }
.label { display: block; color: var(--soft); font-size: .8125rem; letter-spacing: .03em;
  margin: 0 0 .15rem; text-transform: uppercase; }
.claim { border-left: .3rem solid var(--line); margin: 0 0 1rem; padding: .1rem 0 .1rem .9rem; }
.badge { border: 1px solid currentColor; border-radius: 1rem; font-size: .8125rem;
  font-weight: 600; padding: .05rem .55rem; white-space: nowrap; }
.holds, .yes .answer { color: var(--good); }
.part { color: var(--part); }
.fails, .no .answer { color: var(--bad); }
.checks { list-style: none; margin: 1rem 0; padding: 0; }
.checks li { border-bottom: 1px solid var(--line); padding: .5rem 0; }
.answer { font-weight: 600; white-space: nowrap; }
.measured, .source, .timings, .counts { color: var(--soft); font-size: .9375rem; }
.measured { display: block; }
.note { background: var(--card); border-radius: .5rem; padding: .75rem 1rem; }
figure { margin: 1.5rem 0; }
figure img { background: #ffffff; border-radius: .5rem; display: block; height: auto;
  margin: 0 auto; max-width: 100%; }
figcaption { font-size: .9375rem; margin-top: .5rem; }
.scroll { margin: 1.25rem 0; overflow-x: auto; }
table { border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums;
  width: 100%; }
caption { font-weight: 600; padding: .25rem 0; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .75rem .3rem 0; text-align: left;
  vertical-align: top; }
pre { background: var(--card); border-radius: .5rem; margin: .25rem 0; overflow-x: auto;
  padding: .75rem 1rem; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .875rem; }
footer { border-top: 2px solid var(--line); margin-top: 2.5rem; }
@media print {
  body { font-size: 10pt; max-width: none; padding: 0; }
  .back { display: none; }
  figure, table, .checks li, .claim { break-inside: avoid; }
  figure img { max-height: 16cm; max-width: 100%; width: auto; }
  h2, .label { break-after: avoid; }
  .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; }
  a { color: inherit; text-decoration: none; }
}
"""
