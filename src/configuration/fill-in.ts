/**
 * @module
 * Values that `mintproc import` leaves to the author: strings that begin with `FILL IN`. A configuration or a test can
 * be used once none is left.
 */
import type { Code } from '../diagnostics/codes.ts';
import { isRecord } from '../diagnostics/json.ts';
import type { Problems } from '../diagnostics/problem.ts';
import { fillIn } from '../dialects/exported.ts';
import type { LocatedYaml } from '../documents/located-yaml.ts';
import type { YamlPath } from '../documents/yaml-places.ts';

/** Reports each of them. @returns whether there is one */
export function reportFillIns(
  document: LocatedYaml,
  problems: Problems,
  code: Extract<Code, 'config.fill-in' | 'trial.fill-in'> = 'config.fill-in',
): boolean {
  const paths = fillInsBelow(document.value, []);
  for (const path of paths) {
    document.report(problems, path, code, {
      message: '`mintproc import` left this value open.',
      suggestion: 'Replace the string; after `FILL IN` it says with what.',
    });
  }
  return paths.length > 0;
}

function fillInsBelow(value: unknown, path: YamlPath): readonly YamlPath[] {
  if (typeof value === 'string') return value.startsWith(fillIn) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => fillInsBelow(item, [...path, index]));
  return isRecord(value) ? Object.entries(value).flatMap(([key, item]) => fillInsBelow(item, [...path, key])) : [];
}
