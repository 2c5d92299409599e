/**
 * @module
 * What an author can read about the languages, beside the tables of functions: members of the inputs, and keywords. The
 * documentation and the playground show it. `serve` does not load it.
 */
import type { InputName } from './bindings.ts';

/** An expression, and its value as JSON. */
export type FunctionExample = readonly [expression: string, value: string];

/** Each name with a sentence. */
type Sentences = Readonly<Record<string, string>>;

export const inputDocumentation: Readonly<Record<InputName, string>> = {
  attributes: 'The request: its headers, its path and query, and its connection.',
  authentication: "The caller's authenticated identity. All members are null without a caller.",
  vars: 'Variables that are declared in the configuration. Not available to a policy that mints a token.',
  payload: 'The body of the request. Not available to a policy that mints a token.',
};

/** The members of `attributes`. */
export const attributeDocumentation: Sentences = {
  headers: "The headers by name, in any case: `attributes.headers['x-tenant']`. The first value of a repeated header.",
  queryParams: 'The query parameters by name, decoded. The last value of a repeated parameter.',
  method: 'The method, such as GET.',
  requestPath: 'The path without its query, such as /orders/42.',
  requestUri: 'The path and query as received, such as /orders/42?page=1.',
  queryString: 'The query without its question mark; null if the request has none.',
  scheme: 'The scheme, http or https.',
  version: 'The protocol, such as HTTP/1.1.',
  remoteAddress: "The caller's address and port, such as 10.0.0.1:1234.",
  localAddress: 'The address and port that the caller connected to.',
  statusCode: 'Always null: the token is minted before there is a response.',
};

/** The members of `authentication`. */
export const callerDocumentation: Sentences = {
  principal: 'Who the caller is, such as the subject of its token.',
  clientId: 'The ID of the client application.',
  clientName: 'The name of the client application.',
  properties: 'What else is known of the caller, by name. The claims of its token are in `properties.claims`.',
};

/** The keywords of Flex Gateway's language. */
export const flexKeywordDocumentation: Sentences = {
  if: 'if (condition) value else other. The condition is a boolean, or the string true or false.',
  else: 'The value of an `if` whose condition is false. It cannot be left out.',
  default: 'value default other: the other value if the first one is null. An error remains an error.',
  and: 'Whether both sides are true.',
  or: 'Whether one side is true.',
  not: 'The opposite of a boolean. It takes everything up to a `default` or a function.',
  true: 'The boolean true.',
  false: 'The boolean false.',
  null: 'No value. A claim whose value is null is left out.',
  import: "import substringAfter from dw::core::Strings --- …: a module's function by its short name.",
};

/** The keywords of DataWeave 2.x. */
export const dataweaveKeywordDocumentation: Sentences = {
  ...flexKeywordDocumentation,
  if: 'if (condition) value else other.',
  else: 'The value of an `if` whose condition is false, or of a `match` without a matching case.',
  default: 'value default other: the other value if the first one is null or missing.',
  not: 'The opposite of a boolean.',
  unless: 'unless (condition) value else other: the value if the condition is false.',
  as: "value as Type: converts a value, such as '1' as Number.",
  is: "value is Type: whether a value has a type, such as 'a' is String.",
  do: 'do { var a = 1 --- a + 1 }: declarations of their own for one value.',
  using: 'using (a = 1) a + 1: variables for one value. Prefer `do`.',
  var: 'var name = value: declares a variable before `---`.',
  fun: 'fun name(parameter) = value: declares a function before `---`.',
  type: 'type Name = Type: declares a type before `---`.',
  match: 'value match { case is String -> … else -> … }: the first case that matches.',
  case: 'A case of a `match`, or a part to replace in an `update`.',
  update: 'object update { case .a -> … }: a copy of a value with parts replaced.',
  output: 'output application/json: the format of the result, before `---`. A claim is always JSON.',
};
