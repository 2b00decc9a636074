/** Hostile names of people, teams and organizations. */
export const hostileTexts: Readonly<Record<string, string>> = {
  "colours and cursor (CSI)": "a\u001b[2J\u001b[31mred\u001b[1;1Hb",
  "eight-bit CSI": "a\u009b31mred\u009b2Jb",
  "a link (OSC 8)": "a\u001b]8;;http://evil.example.com\u0007click\u001b]8;;\u0007b",
  "the clipboard (OSC 52)": "a\u001b]52;c;ZXZpbA==\u001b\\b",
  "a window title without an end": "a\u001b]0;owned",
  "right to left": "a\u202egnp.exe\u2066x\u2069\u200fb",
  "zero width": "a\u200bd\u200cm\u200di\ufeffn\u00ad",
  "line ends": "a\r\nerror: all is lost\nb\u2028c\u2029d\u0085e",
  "Markdown and a workflow command": "[a](javascript:alert(1)) **b** `c`\n::error file=x::y",
  HTML: `"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;`,
  "lone surrogates": "a\ud800b\udc00c",
  "control characters": "a\u0000b\u0007c\bd\u007fe",
  "the engine's sign for an unknown value": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "the engine's sign for a secret": "4dabf18193072939515e22adb298388d",
  "names of every object": "__proto__ constructor toString",
  "a template": "${AVALA_API_KEY} {{7*7}} %s %n $(id) `id`",
  "a megabyte": `${"long ".repeat(200_000)}end`,
};

/** Characters that must not reach a terminal. */
export const steering = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
/** The same, for texts whose line ends are the program's own. */
export const steeringInLines = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
