/** Strings that try to break out of every form of the report: as a file name, they come from the user's folder. */

export const HOSTILE: readonly string[] = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onload='alert(1)`,
  `</script><svg onload=alert(1)>`,
  `<!--`,
  `]]>`,
  `a|b|c\`d\`\`e`,
  `[x](http://evil.example/) ![y](http://evil.example/z.png)`,
  `https://evil.example/ www.evil.example user@evil.example @someone #1`,
  `\n# heading\n\n- item\n\n<b>raw</b>\n| a | b |\n| - | - |`,
  `**bold** _it_ ~~gone~~ &lt;b&gt; \\`,
  `=cmd|' /C calc'!A0`,
  `\u001b[31mred\u001b]0;title\u0007\u009b2J\r\b\u202egpj.exe\u0000`,
  `\ud800lone`,
];
