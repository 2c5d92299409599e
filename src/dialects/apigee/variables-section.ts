/**
 * @module
 * Writes the `variables:` section that a bundle needs, ready to paste. Declarations that cannot be derived from the
 * bundle are proposals with a comment.
 */
import { yamlEntry } from '../../documents/write-yaml.ts';
import type { NeededVariable } from './bundle.ts';

/** YAML; empty if nothing must be declared. */
export function variablesSection(variables: readonly NeededVariable[]): string {
  if (variables.length === 0) return '';
  return ['variables:', ...variables.map((variable) => `  ${line(variable)}`), ''].join('\n');
}

function line(variable: NeededVariable): string {
  const { declaration, comment } = proposal(variable);
  return `${yamlEntry(variable.name, declaration)} # ${comment}`;
}

interface Proposal {
  readonly declaration: unknown;
  readonly comment: string;
}

function proposal({ name, use, readBy, assigned }: NeededVariable): Proposal {
  const readers = `read by ${readBy.join(', ')}`;
  if (assigned !== undefined) {
    const declaration = 'value' in assigned.form ? assigned.form.value : assigned.form;
    return { declaration, comment: `as ${assigned.by} assigns it; ${readers}` };
  }
  if (use === 'secret' || (use === 'key-id' && name.startsWith('private.')))
    return { declaration: { file: `secrets/${fileName(name)}` }, comment: readers };
  if (name.startsWith('private.')) {
    // With `readable: false` the policy does not load, so that pasting this cannot expose a secret.
    const declaration = { file: `secrets/${fileName(name)}`, readable: false };
    return { declaration, comment: `tokens would show it: write true if it is not a secret; ${readers}` };
  }
  const declaration = { metadata: 'envoy.filters.http.ext_authz', path: [name] };
  return { declaration, comment: `say where it comes from; ${readers}` };
}

function fileName(name: string): string {
  return name.replace(/^private\./, '').replace(/[^A-Za-z0-9._-]/g, '_');
}
