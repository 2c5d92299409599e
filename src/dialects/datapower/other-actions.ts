/**
 * @module
 * What the gateway's other actions set. None of them runs here: the variables that they set have to be declared.
 */
import { isRecord } from '../../diagnostics/json.ts';

/** What an action sets for the actions after it. */
export interface Effects {
  /** Variables, and with each of them its members: `message` is also `message.headers.X`. */
  readonly names: readonly string[];
  /** Variables, with their members, that it sets unless the assembly has set them before. */
  readonly fills?: readonly string[];
  /** Whether it may set other variables as well. */
  readonly isOpen: boolean;
}

const nothing: Effects = { names: [], isOpen: false };

/** The action sets the variable that its property `output` names, by default the message. */
function output(properties: Properties): Effects {
  const { output: name } = properties;
  return { names: [typeof name === 'string' && name !== '' ? name : 'message'], isOpen: false };
}

type Properties = Readonly<Record<string, unknown>>;

/** By the names of the vendor's pages ("Built-in policies"). An action that is missing here may set any variable. */
const rows: Readonly<Record<string, (properties: Properties) => Effects>> = {
  'activity-log': () => nothing,
  'client-security': () => nothing,
  cors: () => nothing,
  'html-page': () => nothing,
  log: () => nothing,
  'rate-limit': () => nothing,
  ratelimit: () => nothing,
  ratelimitinfo: () => nothing,
  security: () => nothing,
  throw: () => nothing,
  'user-security': () => nothing,
  validate: () => nothing,
  'validate-usernametoken': () => nothing,
  'websocket-upgrade': () => nothing,

  invoke: output,
  'json-to-xml': output,
  parse: output,
  proxy: output,
  redact: output,
  redaction: output,
  'xml-to-json': output,

  gatewayscript: ({ source }) => scriptEffects(typeof source === 'string' ? source : ''),
  // The assemblies that API Connect generates set some of them themselves.
  oauth: () => ({ names: [], fills: ['oauth'], isOpen: false }),
  xslt: (properties) => ({ names: [...output(properties).names, ...stylesheetNames(properties)], isOpen: false }),
  map: ({ outputs }) => ({ names: mapped(outputs), isOpen: false }),
};

/** The actions that the assembly itself is made of: their lists are read, and their conditions are not evaluated. */
export const conditional: ReadonlySet<string> = new Set(['if', 'switch', 'operation-switch', 'catch']);

/** @param name of the action, such as `gatewayscript` */
export function effectsOf(name: string, properties: unknown): Effects {
  if (!Object.hasOwn(rows, name)) return { names: [], isOpen: true };
  return rows[name]?.(isRecord(properties) ? properties : {}) ?? nothing;
}

/** Whether it is one of the vendor's own actions, whose name a message may repeat. */
export function isBuiltIn(name: string): boolean {
  return Object.hasOwn(rows, name);
}

/** The variables that a `map` fills: those of its outputs. */
function mapped(outputs: unknown): string[] {
  if (!isRecord(outputs)) return [];
  return Object.values(outputs).flatMap((one) => {
    const variable = isRecord(one) ? one['variable'] : undefined;
    return typeof variable === 'string' ? [variable] : [];
  });
}

/**
 * The calls with which a script sets a variable, and the first argument if it is a string (vendor pages, "apim" and
 * "context").
 */
const setting =
  /\b(?:setvariable|setVariable|context\.set|apim\.set|apic\.set)\s*\(\s*(?:(['"`])([\w.:/-]{1,256})\1\s*,)?/g;
const settingHeader = /\bheaders?\.set\s*\(\s*(['"`])([\w-]{1,256})\1/g;

/** Larger scripts may set anything: they are not searched. */
const maxScriptLength = 256 * 1024;

function scriptEffects(source: string): Effects {
  if (source.length > maxScriptLength) return { names: [], isOpen: true };
  const calls = [...source.matchAll(setting)].map(([, , name]) => name);
  const headers = [...source.matchAll(settingHeader)].map(([, , name]) => `message.headers.${name}`);
  const names = calls.filter((name) => name !== undefined);
  return { names: [...new Set([...names, ...headers])], isOpen: calls.length > names.length };
}

/** The template with which a stylesheet sets a variable has its name as a parameter (vendor page, "XSLT"). */
const settingTemplate = /name=\s*['"]rawName['"]\s+select=\s*"'([\w.:/-]{1,256})'"/g;

function stylesheetNames({ source }: Properties): string[] {
  if (typeof source !== 'string' || source.length > maxScriptLength) return [];
  return [...source.matchAll(settingTemplate)].flatMap(([, name]) => name ?? []);
}
