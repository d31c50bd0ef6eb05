/** `Int cannot represent non-integer value`, after which the value comes, and names of the schema may be proposed. */
const UNFIT = String.raw`((?:\w+|Enum "\w+") cannot represent [\w -]*value): .*?( Did you mean [^?]*\?)?`;

/** `Value "RED" does not exist in "Environment" enum.`, and proposals. */
const UNKNOWN = 'Value ".*" (does not exist in .*)';

const UNFIT_VALUE = new RegExp(`^${UNFIT}$`, 's');
const UNKNOWN_VALUE = new RegExp(`^${UNKNOWN}$`, 's');
/** Where a value may hold a semicolon too, it is dropped; all other reasons have none. */
const VARIABLE = new RegExp(
  String.raw`^(Variable "\$\w+") got invalid value .*?( at "[\w.[\]]+")?; (${UNFIT}|${UNKNOWN}|[^;]*)$`,
  's',
);
const LITERAL = /^(Expected value of type "[^"]*"), found .*$/s;
const ARGUMENT = /^(Argument "\w+" has) invalid value .*$/s;
/** A part of the document where another is expected; names and signs stay. */
const TOKEN = /^(Syntax Error: (?:Unexpected|Expected .*?, found) (?:String|BlockString|Int|Float)) ".*"\.$/s;

/**
 * What GraphQL says of a value that doesn't fit, without the value: it may be a credential that no form tells. Which
 * variable, argument or field it is and what is expected stays; other messages are returned as they are.
 */
export function withoutValues(message: string): string {
  const [, variable, at = '', reason] = VARIABLE.exec(message) ?? [];
  if (variable && reason !== undefined)
    return `${variable} got an invalid value${at}; ${withoutValues(reason)}`;
  return message
    .replace(UNFIT_VALUE, '$1.$2')
    .replace(UNKNOWN_VALUE, 'The value $1')
    .replace(LITERAL, '$1.')
    .replace(ARGUMENT, '$1 an invalid value.')
    .replace(TOKEN, '$1.');
}
