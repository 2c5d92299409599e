/**
 * @module
 * Values that `mintproc import` leaves to the author: strings that begin with `FILL IN`. The configuration loads once
 * none is left.
 */
import { isRecord } from '../diagnostics/json.ts';
import type { Problems } from '../diagnostics/problem.ts';
import { fillIn } from '../dialects/exported.ts';
import type { LocatedYaml } from '../documents/located-yaml.ts';
import type { YamlPath } from '../documents/yaml-places.ts';

/** Reports each of them. @returns whether there is one */
export function reportFillIns(document: LocatedYaml, problems: Problems): boolean {
  const paths = fillInsBelow(document.value, []);
  for (const path of paths) {
    document.report(problems, path, 'config.fill-in', {
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
