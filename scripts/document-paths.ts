import { posix } from 'node:path';

/** Extensions by which a word without a slash is a file of the repository. Not .js, because products are named so. */
const FILE = /\.(ts|tsx|mjs|json|md|graphql|sql|sh|yml|yaml|toml|conf)$/;

/** Words with a slash are paths if they look like a file or a folder, or start with a folder of the repository. */
const PATH = /^(\.{1,2}\/)*[\w.@-]+(\/[\w.@-]+)*\/?$/;

/**
 * The paths that a Markdown document names in links, backticks or code blocks, and that don't exist. `paths`: every
 * file of the repository. In text, `keys/create.ts` is sufficient for `src/keys/create.ts`.
 */
export function missingPaths(document: string, text: string, paths: readonly string[]): string[] {
  const known = new Set<string>();
  const ends = new Set<string>();
  for (const path of paths) {
    const segments = path.split('/');
    for (let length = 1; length <= segments.length; length++) {
      known.add(segments.slice(0, length).join('/'));
      for (let from = 0; from < length; from++) ends.add(segments.slice(from, length).join('/'));
    }
  }
  const startsHere = (word: string) => word.includes('/') && known.has(word.slice(0, word.indexOf('/')));
  const fromDocument = (path: string) => posix.join(posix.dirname(document), path).replace(/\/$/, '');

  const missing = new Set<string>();
  const { links, spans, blocks } = parse(text);
  for (const link of links) if (!known.has(fromDocument(link))) missing.add(link);
  for (const span of spans) {
    const word = withoutPlace(span);
    if (!PATH.test(word)) continue;
    const looksLikePath = /^\.{1,2}\/|.\/$/.test(word) || FILE.test(word) || startsHere(word);
    const there = known.has(fromDocument(word)) || ends.has(posix.join(word).replace(/\/$/, ''));
    if (looksLikePath && !there) missing.add(word);
  }
  for (const word of blocks.flatMap((block) => block.split(/[\s'"`()=,:;]+/))) {
    const path = word.replace(/[.…]+$/, '').replace(/^\.\/|\/$/g, '');
    if (PATH.test(path) && startsHere(path) && !known.has(path)) missing.add(path);
  }
  return [...missing];
}

function parse(text: string): { links: string[]; spans: string[]; blocks: string[] } {
  const blocks: string[] = [];
  const spans: string[] = [];
  // "`name.ts`:" before a block is the name of the reader's file.
  const withoutNames = text.replace(/^`[\w.-]+`:\n\n(?=`{3})/gm, '');
  const withoutBlocks = withoutNames.replace(
    /^ *(`{3,}|~{3,})[^\n]*\n([\s\S]*?)^ *\1/gm,
    (_all, _fence, block) => {
      blocks.push(block);
      return '';
    },
  );
  const prose = withoutBlocks.replace(/(`+)([^`]+)\1/g, (_all, _fence, span) => {
    spans.push(span.trim());
    return '`';
  });
  const targets = [...prose.matchAll(/\]\(<?([^)\s>]+)/g), ...prose.matchAll(/^\[[^\]]+\]:\s*<?([^\s>]+)/gm)];
  const links = targets
    .map(([, target = '']) => decodeURI(target).replace(/[?#].*$/, ''))
    .filter((target) => target !== '' && !/^([a-z][a-z0-9+.-]*:|\/)/i.test(target));
  return { links, spans, blocks };
}

/** `file.ts:12` and `file.ts#L12` without the line. */
function withoutPlace(path: string): string {
  return path.replace(/(:\d+(:\d+)?|#[\w-]+)$/, '');
}
