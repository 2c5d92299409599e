/**
 * @module
 * The formats of `test`.
 */
import type { Format } from './format.ts';
import { asGithub } from './github.ts';
import { asJson, asJsonLine } from './json.ts';
import { asJunit } from './junit.ts';
import { asTap } from './tap.ts';
import { asText, asTextAgain } from './text.ts';

export const formats = {
  text: { whole: asText, watch: { first: asText, next: asTextAgain } },
  tap: { whole: asTap },
  junit: { whole: asJunit },
  json: { whole: asJson, watch: { first: asJsonLine, next: asJsonLine } },
  github: { whole: asGithub },
} satisfies Readonly<Record<string, Format>>;

/** @param name as `--format` has it; undefined if there is no such format */
export function formatNamed(name: string): Format | undefined {
  return new Map<string, Format>(Object.entries(formats)).get(name);
}
