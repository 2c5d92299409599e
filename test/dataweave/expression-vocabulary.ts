/**
 * @module
 * The pieces that random expressions are made of.
 */

export const literals = [
  ...[
    "'a'",
    "''",
    '"b"',
    "'true'",
    "'false'",
    "'10'",
    "'1.50'",
    "'a-b-c'",
    "'é'",
    "'ab\\'c'",
    '"q\\"x"',
    "'\\$x'",
    "'\\u0041'",
  ],
  ...[
    "' x '",
    "'1e3'",
    "'inf'",
    "'.5'",
    "'UTF-8'",
    "'YWI='",
    "'YQ'",
    "'!'",
    "'clientId'",
    "'headers'",
    "'X-Id'",
    "'x-id'",
  ],
  ...['0', '1', '-1', '2', '1.0', '1.50', '007', '-0', '100000000000000000000001', '0.0000001', '1.9', '-2'],
  ...['true', 'false', 'null', 'true', 'null', '[]', '[1,2]', "['a', 'b']", '[null]', '[[1],[2]]'],
];

export const paths = [
  ...['attributes.method', 'attributes.requestPath', 'attributes.queryString', 'attributes.scheme', 'attributes.nope'],
  ...["attributes.headers['x-id']", "attributes.headers['X-Id']", 'attributes.headers.host', 'attributes.headers.nope'],
  ...[
    'attributes.queryParams.a',
    "attributes.queryParams['b']",
    'attributes.statusCode',
    'attributes.headers',
    'attributes',
  ],
  ...['authentication', 'authentication.clientId', 'authentication.principal', 'authentication.clientName'],
  ...['authentication.properties', 'authentication.properties.claims', 'authentication.properties.claims.sub'],
  ...[
    'authentication.properties.claims.roles',
    'authentication.properties.claims.num',
    'authentication.properties.flag',
  ],
  ...['attributes.queryParams', 'authentication.nope.x', 'authentication.properties.list', 'attributes.version'],
  ...['payload', 'payload.s', 'payload.arr', 'payload.objs', 'payload.n', 'payload.num', 'vars', 'vars.x', 'vars.y'],
];

export const names = [
  'x',
  'a',
  'clientId',
  'headers',
  'method',
  'properties',
  'claims',
  'sub',
  'roles',
  's',
  'not',
  'if',
  'host',
  '++',
];

export const unaryFunctions = [
  'upper',
  'lower',
  'trim',
  'sizeOf',
  'isEmpty',
  'dw::core::Binaries::toBase64',
  'dw::core::Binaries::fromBase64',
];

export const binaryFunctions = [
  ...['contains', 'splitBy', '++', '--', 'dw::Core::contains', 'dw::core::Strings::substringAfter'],
  ...['dw::core::Strings::substringBefore', 'dw::core::Strings::substringAfterLast'],
  ...['dw::core::Strings::substringBeforeLast', 'dw::util::Coercions::toString', 'dw::util::Coercions::toBinary'],
];

export const infixOperators = [
  '++',
  '++',
  '++',
  '--',
  'contains',
  'splitBy',
  'default',
  'default',
  'default',
  'dw::Core::splitBy',
  'upper',
  'payload',
];

export const tightOperators = ['==', '!=', '<', '>', '<=', '>=', 'and', 'or', 'and', 'or', '=='];

export const headers = [
  'import * from dw::core::Strings --- ',
  'import substringAfter from dw::core::Strings\n---\n',
  'import substringAfter as sa,substringBefore from dw::core::Strings --- ',
  'import a, b from m --- ',
  '%dw 2.0 --- ',
  '%dw 2.0\noutput application/json\n---\n',
  'output application/json indent=false, x = 1 ---',
  'output application/json\nimport * from dw::core::Strings\n---',
  'ns p http://x\n---',
  '---',
  '--- // start\n',
];

/** Things of DataWeave that Flex Gateway has not, and pieces that hardly ever fit. */
export const oddities = [
  ...[
    '1 + 2',
    '{a: 1}',
    '{}',
    "'a $(1)'",
    "'$(attributes.method)'",
    '"$(1.50)"',
    "'$payload'",
    '|2020-01-01|',
    'x as String',
  ],
  ...["'a' is String", '[1,2] map $', '(x) -> x', 'payload..x', 'payload.x?', 'payload.x!', 'payload.&x', 'payload.^x'],
  ...[
    'payload.*x',
    'payload.@x',
    'payload.p#x',
    '[1 to 2]',
    '/a/',
    "'a' ~= 'b'",
    "'a' = 'b'",
    'uuid()',
    'uuid( )',
    'upper',
  ],
  ...[
    'substringAfter("a-b", "-")',
    'sa("a-b", "-")',
    'nope',
    'now()',
    'do { 1 }',
    'trueorfalse',
    'notpayload',
    '! true',
    'not !true',
  ],
];

export const tokens = [
  ...[
    ' ',
    '  ',
    '\n',
    '\t',
    '(',
    ')',
    '[',
    ']',
    ',',
    '.',
    '. ',
    '..',
    "'",
    '"',
    '$',
    '\\',
    '!',
    '=',
    '<',
    '>',
    '-',
    '+',
    '++',
  ],
  ...[
    'default',
    'and',
    'or',
    'not',
    'if',
    'else',
    'null',
    'true',
    '1',
    'x',
    '::',
    ':',
    '#',
    '@',
    '*',
    '^',
    '/* c */',
    '// c\n',
  ],
  ...['{', '}', '|', '?', '&', '%', '---', '_', 'é', '\u0130', '😀', '\r\n', '\u00a0'],
];
