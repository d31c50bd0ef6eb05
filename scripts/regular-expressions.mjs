import { parseAst } from 'rolldown/parseAst';

/** String methods that create a regular expression from a text argument. */
const COMPILING = new Set(['match', 'matchAll', 'search']);

/**
 * The regular expressions of a TypeScript file: `{ line, pattern, flags }`, from literals and from constructions with
 * constant arguments; and `{ line, fault }` for others. Throws if the file can't be parsed.
 */
export function findRegularExpressions(path, text) {
  const program = parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }, path);
  const constants = constantsOf(program);
  const found = [];
  const add = (node, what) => found.push({ line: text.slice(0, node.start).split('\n').length, ...what });
  const construct = (node, [pattern, flags]) => {
    const [source, modes] = [textOf(pattern, constants), flags ? textOf(flags, constants) : ''];
    if (typeof source !== 'string' || typeof modes !== 'string')
      add(node, { fault: 'is built from what is not constant in this file' });
    else add(node, { pattern: source, flags: modes });
  };
  const visit = (node, parent, key) => {
    if (Array.isArray(node)) for (const item of node) visit(item, parent, key);
    if (typeof node?.type !== 'string') return;
    if (node.regex) add(node, { pattern: node.regex.pattern, flags: node.regex.flags });
    if (isConstruction(node)) construct(node, node.arguments);
    else if (isRegExp(node) && !isHarmless(parent, key)) add(node, { fault: 'uses RegExp as a value' });
    const compiled = compiledText(node);
    if (compiled) construct(node, [compiled]);
    for (const [name, child] of Object.entries(node)) visit(child, node, name);
  };
  visit(program, null, '');
  return found;
}

function isRegExp(node) {
  return node?.type === 'Identifier' && node.name === 'RegExp';
}

function isConstruction({ type, callee }) {
  return (type === 'NewExpression' || type === 'CallExpression') && isRegExp(callee);
}

/** The callee of a construction, the right side of `instanceof`, a name in a type, or a key of an object. */
function isHarmless(parent, key) {
  if (parent.type.startsWith('TS')) return true;
  if (key === 'callee') return isConstruction(parent);
  if (key === 'right') return parent.type === 'BinaryExpression' && parent.operator === 'instanceof';
  return key === 'key' && !parent.computed;
}

/** The literal text from which a call of a string method creates a regular expression, if there is one. */
function compiledText({ type, callee, arguments: given }) {
  if (type !== 'CallExpression' || callee.type !== 'MemberExpression' || callee.computed) return null;
  const [first] = given;
  if (!COMPILING.has(callee.property.name) || !first || first.regex) return null;
  return ['Literal', 'TemplateLiteral', 'BinaryExpression'].includes(first.type) ? first : null;
}

/** Constants of the file by name, except for names that are declared twice. */
function constantsOf({ body }) {
  const constants = new Map();
  const seen = new Set();
  const visit = (node) => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    if (typeof node?.type !== 'string') return;
    if (node.type === 'VariableDeclaration')
      for (const { id, init } of node.declarations) {
        if (seen.has(id.name) || node.kind !== 'const') constants.delete(id.name);
        else if (init) constants.set(id.name, init);
        seen.add(id.name);
      }
    for (const child of Object.values(node)) visit(child);
  };
  visit(body);
  return constants;
}

/** The text value of an expression, or undefined if it isn't constant. */
function textOf(node, constants) {
  if (node.type === 'Literal')
    return node.regex?.pattern ?? (typeof node.value === 'string' ? node.value : undefined);
  if (node.type === 'TemplateLiteral') return joined(node, 'cooked', constants);
  if (node.type === 'TaggedTemplateExpression' && isStringRaw(node.tag))
    return joined(node.quasi, 'raw', constants);
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const [left, right] = [textOf(node.left, constants), textOf(node.right, constants)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  const constant = node.type === 'Identifier' ? constants.get(node.name) : undefined;
  // Without the constant itself: one that refers to itself has no value.
  return constant && textOf(constant, new Map([...constants].filter(([name]) => name !== node.name)));
}

function isStringRaw({ type, object, property }) {
  return type === 'MemberExpression' && object.name === 'String' && property.name === 'raw';
}

function joined({ quasis, expressions }, form, constants) {
  const values = expressions.map((expression) => textOf(expression, constants));
  if (values.includes(undefined)) return undefined;
  return quasis.map(({ value }, index) => value[form] + (values[index] ?? '')).join('');
}
