/**
 * @module
 * The variables that AssignMessage policies assign, if a declaration in the configuration can replace the assignment.
 */

import { LocatedError } from '../../diagnostics/problem.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import { flowVariable } from './flow-variables.ts';
import { compileTemplate } from './template.ts';
import { attributeOf, childOf, childrenOf, textIn, trimmedText } from './xml-parts.ts';

export interface Assignment {
  readonly name: string;
  /** The policy that assigns it. */
  readonly by: string;
  readonly form: { readonly value: string } | { readonly template: string };
  /** The variables that it reads, without those of the request. */
  readonly reads: readonly string[];
}

export function assignmentsOf(root: XmlElement): readonly Assignment[] {
  if (root.name !== 'AssignMessage') return [];
  const by = attributeOf(root, 'name')?.text ?? '';
  return childrenOf(root, 'AssignVariable').flatMap((element) => {
    const name = textIn(element, 'Name');
    const form = formOf(element);
    if (name === undefined || form === undefined) return [];
    const reads = 'template' in form ? readsOf(element, form.template) : [];
    return reads === undefined ? [] : [{ name, by, form, reads }];
  });
}

/** The vendor's precedence: a template, else a reference with the value as its default, else the value. */
function formOf(element: XmlElement): Assignment['form'] | undefined {
  const template = textIn(element, 'Template');
  if (template !== undefined) return { template };
  const ref = textIn(element, 'Ref');
  const value = textIn(element, 'Value');
  if (ref !== undefined) return { template: value === undefined ? `{${ref}}` : `{${ref}:${value}}` };
  return value === undefined ? undefined : { value };
}

/** Undefined if mintproc does not support the template. */
function readsOf(element: XmlElement, template: string): readonly string[] | undefined {
  const reads = new Set<string>();
  const whole = trimmedText(childOf(element, 'Template') ?? element);
  try {
    const source = whole.text === template ? whole : whole.embed(template, [0]);
    compileTemplate(source, ({ text }) => {
      if (flowVariable(text) === undefined) reads.add(text);
      return { evaluate: () => undefined };
    });
  } catch (error) {
    if (error instanceof LocatedError) return undefined;
    throw error;
  }
  return [...reads];
}
