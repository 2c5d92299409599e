/**
 * @module
 * The variables that a script of a proxy sets, as far as its text names them.
 */

export interface ScriptVariables {
  readonly names: readonly string[];
  /** The beginnings of names that the script puts together. */
  readonly beginnings: readonly string[];
  /** Whether it may set variables that its text does not name. */
  readonly others: boolean;
}

const call = /setVariable|set_variable/g;
/** Its first argument, if it is a string, and whether the string is the whole name. */
const argument = /\s*\(\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)"|`([^`\\$]*)`)\s*(,)?/y;

export function variablesSetBy(script: string): ScriptVariables {
  const names = new Set<string>();
  const beginnings = new Set<string>();
  let others = false;
  for (const { 0: word, index } of script.matchAll(call)) {
    argument.lastIndex = index + word.length;
    const match = argument.exec(script);
    const text = match?.[1] ?? match?.[2] ?? match?.[3] ?? '';
    if (text === '') others = true;
    else if (match?.[4] === undefined) beginnings.add(text);
    else names.add(text);
  }
  // Headers and parameters are also members of objects: context.targetRequest.headers['X'] = …
  if (/\b(?:targetRequest|proxyRequest|request)\s*\.\s*(?:headers|queryParams|formParams)\b/i.test(script)) {
    beginnings.add('request.');
  }
  return { names: [...names], beginnings: [...beginnings], others };
}

/** Whether the text of a script names the variable. */
export function mentions(script: string, variable: string): boolean {
  return script.includes(`'${variable}'`) || script.includes(`"${variable}"`);
}
