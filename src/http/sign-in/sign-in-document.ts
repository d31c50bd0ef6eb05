/** The document of a sign-in page. `title` and `main` are HTML, `script` is a URL. */
export function signInDocument({
  title,
  main,
  script,
  publicUrl,
}: {
  title: string;
  main: string;
  script?: string;
  /** For the script: the URL at which browsers reach this server. */
  publicUrl?: string;
}): string {
  const data = publicUrl ? ` id="main" data-public-url="${escaped(publicUrl)}"` : '';
  const scripted = script ? `\n    <script src="${script}" defer></script>` : '';
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/sign-in.css">${scripted}
  </head>
  <body>
    <main${data}>
      <h1>Keywright</h1>
${main}
    </main>
  </body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
