/**
 * @module
 * Which files are meant as a configuration, by their top-level keys, which may be mistyped. Cheap, and never throws.
 */
import { nearest } from '../diagnostics/suggest.ts';
import { outlineSchema } from './configuration-schema.ts';

/** Top-level keys that no policy file has. */
const distinctiveKeys = [
  'policies',
  'routes',
  'include',
  'listen',
  'admin',
  'authentication',
  'allowRoutePolicy',
  'variables',
];

/** Keys of which a configuration has at least one; a request for `mint` has others in common with it. */
const contentKeys = ['policies', 'routes', 'include'];

/** Top-level keys of files that have some of the distinctive ones too: Envoy's, requests for `mint`, Kubernetes. */
const foreignKeys = new Set(['static_resources', 'dynamic_resources', 'attributes', 'kind']);

/** Keys of vendors' resources and exports, which may have `policies`. */
const vendorKey = /^[ \t]*(?:-\s+)?(?:\{\s*)?(?:policyRef|kind|configurationData|assetId)\s*:/m;
const vendorMember = /"(?:policyRef|configurationData|assetId|policyId)"\s*:/;

/** Whether a file that a user names is meant as a configuration. */
export function looksLikeConfiguration(text: string): boolean {
  return keysOfConfiguration(text).length > 0;
}

/**
 * Whether a file that was found in a folder is one. Files of other tools have single keys in common with it, such as
 * `variables` of pipelines or `include` of compilers.
 *
 * @param name of the file
 */
export function isConfigurationAmongOthers(name: string, text: string): boolean {
  const keys = keysOfConfiguration(text);
  if (/(?:^|[\\/])mintproc[^\\/]*$/i.test(name)) return keys.length > 0;
  if (!keys.some((key) => contentKeys.includes(key))) return false;
  const known = keys.filter((key) => nearest(key, Object.keys(outlineSchema.shape)) !== undefined);
  return known.length * 2 > keys.length;
}

/** All top-level keys; none if the text is not a configuration. */
function keysOfConfiguration(text: string): readonly string[] {
  const isJson = /^\uFEFF?\s*\{/.test(text);
  if ((isJson ? vendorMember : vendorKey).test(text)) return [];
  const keys = isJson ? keysInBraces(text) : keysInLines(text);
  if (keys.some((key) => foreignKeys.has(key))) return [];
  const wanted = isJson ? contentKeys : distinctiveKeys;
  return keys.some((key) => nearest(key, wanted) !== undefined) ? keys : [];
}

/** Keys at the beginning of a line. */
function keysInLines(text: string): readonly string[] {
  return Array.from(text.matchAll(/^["']?([A-Za-z_]\w{0,63})["']?\s*:/gm), ([, key = '']) => key);
}

/** A string, a bracket, or a bare word before a colon. */
const piece = /"((?:[^"\\]|\\.)*)"(\s*:)?|'((?:[^'\\]|\\.)*)'(\s*:)?|[{}[\]]|([A-Za-z_]\w{0,63})(\s*:)/g;

/** Keys of the outermost braces, as in JSON. */
function keysInBraces(text: string): readonly string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const [whole, double, doubleColon, single, singleColon, bare] of text.matchAll(piece)) {
    if (whole === '{' || whole === '[') depth += 1;
    else if (whole === '}' || whole === ']') depth -= 1;
    else if (depth === 1 && (doubleColon ?? singleColon ?? bare) !== undefined)
      keys.push(double ?? single ?? bare ?? '');
  }
  return keys;
}
