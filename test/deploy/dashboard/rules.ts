/**
 * @module
 * The recording rules and alerts that we ship.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const rulesFile: string = join(import.meta.dirname, '..', '..', '..', 'deploy', 'prometheus', 'rules.yaml');

export const rulesText: string = readFileSync(rulesFile, 'utf8');

const { groups }: { groups: readonly { readonly rules: readonly Rule[] }[] } = parse(rulesText);

export const rules: readonly Rule[] = groups.flatMap((group) => group.rules);

export const alertNames: readonly string[] = rules.flatMap(({ alert }) => alert ?? []);
