#include "charter/html_style.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/sha256.hpp"
#include "charter/palette.hpp"

namespace tollgate::charter {
namespace {

constexpr std::string_view kRules = R"css(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;color-scheme:light dark}
body{margin:0;background:var(--page);color:var(--ink);
font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans","DejaVu Sans",sans-serif;
font-kerning:normal;hyphens:manual}
main{max-width:54rem;margin:0 auto;padding:3.5rem 1.5rem 4rem}
h1,h2,h3,h4{line-height:1.25;text-wrap:balance;overflow-wrap:anywhere}
h1{font-size:2.1rem;letter-spacing:-.015em;margin:0}
h2{font-size:1.4rem;letter-spacing:-.005em;color:var(--accent);margin:3rem 0 1rem;padding-bottom:.4rem;
border-bottom:1px solid var(--rule)}
h3{font-size:1.1rem;margin:2rem 0 .6rem}
h4{font-size:1rem;margin:1.5rem 0 .4rem;color:var(--muted)}
:is(h2,h3,h4):target{scroll-margin-top:1rem}
.title{border-top:4px solid var(--accent);padding:1.4rem 0 0;margin:0 0 2rem}
.title p{color:var(--muted);font-size:1.05rem;margin:.6rem 0 0}
p,ul,blockquote,dl,.callout,.table,.signatures{margin:0 0 1rem}
p,li,dd,blockquote{overflow-wrap:anywhere}
td{overflow-wrap:break-word;max-width:28rem}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible,.table:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code{font:.9em/1.4 ui-monospace,"Cascadia Mono",Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace;
background:var(--head);padding:.1em .3em;border-radius:3px}
ul{padding-left:1.3rem}
li{margin:.25rem 0}
li::marker{color:var(--muted)}
blockquote{border-left:3px solid var(--rule);padding:.1rem 0 .1rem 1rem;color:var(--ink);font-style:italic}
blockquote p{margin:0}
.callout{border-left:4px solid var(--bar);background:var(--tint);padding:.9rem 1.1rem;border-radius:0 4px 4px 0}
.callout p{margin:.5rem 0 0}
.callout p:first-child{margin-top:0}
.callout .headline{font-weight:700;font-size:1.05rem}
dl{display:grid;grid-template-columns:minmax(9rem,28%) 1fr;border-top:1px solid var(--rule)}
dt,dd{margin:0;padding:.45rem 0;border-bottom:1px solid var(--rule)}
dt{color:var(--muted);padding-right:1.2rem}
.table{overflow-x:auto;margin-bottom:1.5rem}
table{border-collapse:collapse;width:100%;font-size:.92rem;line-height:1.45;font-variant-numeric:tabular-nums}
caption{text-align:start;font-weight:600;padding:0 0 .5rem}
th,td{text-align:start;vertical-align:top;padding:.5rem .65rem}
th{background:var(--head);font-weight:600;border-bottom:1.5px solid var(--muted)}
td{border-bottom:1px solid var(--rule)}
.right{text-align:end}
.centre{text-align:center}
td.good,td.caution,td.bad{background:var(--tint);box-shadow:inset 3px 0 var(--bar)}
.signatures{display:grid;gap:2.2rem;padding:1rem 0 0;list-style:none}
.signatures li{display:grid;grid-template-columns:3fr 3fr 3fr 2fr;gap:1.2rem;align-items:end;margin:0}
.signatures .blank{border-top:1px solid var(--muted);padding-top:.2rem;margin-top:2rem;color:var(--muted);
font-size:.8rem}
.signatures .role{font-weight:600;align-self:end;padding-bottom:1.35rem}
hr{border:0;border-top:1px solid var(--rule);margin:2.5rem 0}
footer{border-top:1px solid var(--rule);margin-top:3rem;padding-top:.8rem;color:var(--muted);font-size:.85rem}
@media (max-width:40rem){
dl{grid-template-columns:1fr}dt{border-bottom:0;padding-bottom:0}dd{padding-top:0}
.signatures li{grid-template-columns:1fr 1fr}}
@page{size:A4;margin:20mm 18mm 22mm;
@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#55606e}}
@media print{
html{color-scheme:only light}
body{font-size:10pt;line-height:1.45;background:#fff}
main{max-width:none;padding:0}
h1{font-size:20pt}h2{font-size:14pt;margin-top:20pt}h3{font-size:11.5pt}h4{font-size:10pt}
h1,h2,h3,h4,caption,.headline{break-after:avoid;break-inside:avoid}
p,li,blockquote,dd{orphans:3;widows:3}
.table{overflow:visible}
table{font-size:8.5pt}td{overflow-wrap:anywhere;max-width:none}
thead{display:table-header-group}
tr,dt,dd,.signatures li{break-inside:avoid}
tbody tr:first-child:not(:last-child),tbody tr:nth-last-child(2){break-after:avoid}
a{color:inherit;text-decoration:none}
hr{break-after:page;border:0;margin:0}
.callout,th,td,code{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";

std::string hex(Rgb colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

std::string tone_rule(std::string_view name, Tone tone) {
  const auto [tint, bar] = colours_of(tone);
  return fmt::format(".{}{{--tint:{};--bar:{}}}\n", name, hex(tint), hex(bar));
}

std::string light_colours() {
  return fmt::format(":root{{--page:#fff;--ink:{};--muted:{};--accent:{};--rule:{};--head:{}}}\n", hex(kInk),
                     hex(kMuted), hex(kAccent), hex(kRule), hex(kHead)) +
         tone_rule("neutral", Tone::kNeutral) + tone_rule("good", Tone::kGood) + tone_rule("caution", Tone::kCaution) +
         tone_rule("bad", Tone::kBad);
}

// Paper stays light, so only for screens.
constexpr std::string_view kDarkColours = R"css(@media screen and (prefers-color-scheme:dark){
:root{--page:#14181d;--ink:#e4e8ed;--muted:#a3aeba;--accent:#9dc0ee;--rule:#37414c;--head:#1f262e}
.neutral{--tint:#1f262e;--bar:#8496ac}
.good{--tint:#16291f;--bar:#5fb587}
.caution{--tint:#2d2513;--bar:#d9a648}
.bad{--tint:#321c1b;--bar:#e0807a}}
)css";

std::string width_rules() {
  std::string out;
  for (int percent = kWidthStep; percent <= 100; percent += kWidthStep) {
    out += fmt::format(".w{0}{{width:{0}%}}", percent);
  }
  return out + "\n";
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL adds a NUL
  const auto length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

}  // namespace

const std::string& html_style() {
  static const std::string style =
      "\n" + light_colours() + std::string(kDarkColours) + width_rules() + std::string(kRules.substr(1));
  return style;
}

const std::string& html_style_hash() {
  static const std::string hash = "sha256-" + base64(base::Sha256::of(html_style()).view());
  return hash;
}

}  // namespace tollgate::charter
