import { domainToASCII } from 'node:url';

/**
 * Invisible characters, characters that change the direction of text, code points that are never assigned (RFC 8264,
 * 9.13), and interlinear annotation characters, which are invisible too.
 */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu;

/** Those required by free text: emoji contain them. */
const OF_EMOJI = /^(?:\u200c|\u200d|\p{Variation_Selector})$/u;

const JOINERS = /^(?:\u200c|\u200d)$/;

/** How a text is used. A name identifies something, so it must not be mistaken for another. */
export type TextUse = 'name' | 'text';

/** The first invisible or reordering character of a text, as `U+202E`, or null. */
export function findHidden(text: string, use: TextUse): string | null {
  for (const { 0: character, index } of text.matchAll(HIDDEN)) {
    const allowed =
      use === 'text'
        ? OF_EMOJI.test(character)
        : isInPlace(character, text.slice(0, index), text.slice(index + 1));
    if (!allowed) return `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return null;
}

/** Selects an emoji's colored form. Keyboards send it with many emoji. Not hidden, because the form is visible. */
const EMOJI_FORM = '\ufe0f';

/**
 * Whether the character is a form selector of the emoji before it, or a joiner that the script requires (RFC 5892, A.1
 * and A.2). IDNA has the same rules for host names, so this checks the label around the joiner with Node's tables.
 */
function isInPlace(character: string, left: string, right: string): boolean {
  if (character === EMOJI_FORM) return /\p{Extended_Pictographic}$/u.test(left);
  if (!JOINERS.test(character)) return false;
  const [before] = /\p{L}\p{M}*$/u.exec(left) ?? [];
  const [after = ''] = /^\p{M}*\p{L}/u.exec(right) ?? [];
  return before !== undefined && domainToASCII(`${before}${character}${after}`) !== '';
}
