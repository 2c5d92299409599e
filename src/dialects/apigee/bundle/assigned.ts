/**
 * @module
 * What an `<AssignVariable>` assigns, if a declaration in the configuration gives the same value.
 */

import { LocatedError } from '../../../diagnostics/problem.ts';
import { SourceText } from '../../../diagnostics/source-text.ts';
import type { XmlElement } from '../../../documents/xml-element.ts';
import { constantValue } from '../../../plan/request-values.ts';
import { isPrivate } from '../../private-names.ts';
import { compileTemplate } from '../template.ts';
import { attributeOf, childOf, textIn } from '../xml-parts.ts';

export type Form = { readonly value: string } | { readonly template: string };

export interface Assigned {
  readonly form: Form;
  /** The variables that it reads. */
  readonly reads: readonly string[];
}

/** What is assigned, or why a declaration cannot say it, as the end of a sentence about the policy. */
export type Assignment = Assigned | { readonly unknown: string };

/** @param ignoresUnresolved whether the policy replaces variables without a value by nothing */
export function assignmentOf(element: XmlElement, ignoresUnresolved: boolean): Assignment {
  const form = formOf(element);
  if ('unknown' in form) return form;
  return 'value' in form ? { form, reads: [] } : checked(element, form.template, ignoresUnresolved);
}

const known = new Set(['Name', 'Value', 'Ref', 'Template']);

function formOf(element: XmlElement): Form | { readonly unknown: string } {
  const other = element.children.find((child) => !known.has(child.name));
  if (other !== undefined) return { unknown: 'from a property set or resource' };
  const template = childOf(element, 'Template');
  if (template !== undefined && attributeOf(template, 'ref') !== undefined) {
    return { unknown: 'by a template from a variable' };
  }
  const text = exactText(template);
  const value = exactText(childOf(element, 'Value'));
  const ref = textIn(element, 'Ref');
  if (text === undefined) return withoutTemplate(ref, value);
  // The vendor's page does not say which of them wins.
  if (ref !== undefined || value !== undefined) return { unknown: 'by a template and another value' };
  return text === 'unclear' ? unclear : { template: text.text };
}

const unclear = { unknown: 'a text with spaces or line breaks around it' };

interface ExactText {
  readonly text: string;
}

/**
 * The text as it stands. A text of spaces is one (policies use it for replaceAll). Around another text, whether Apigee
 * keeps them is not documented.
 */
function exactText(element: XmlElement | undefined): ExactText | 'unclear' | undefined {
  const text = element?.text.text ?? '';
  if (text === '' || text.trim() === text) return text === '' ? undefined : { text };
  if (text.trim() !== '') return 'unclear';
  return /[\r\n]/.test(text) ? undefined : { text };
}

/** A reference wins over the value, which is its default. */
function withoutTemplate(
  ref: string | undefined,
  value: ExactText | 'unclear' | undefined,
): Form | { readonly unknown: string } {
  if (value === 'unclear') return unclear;
  if (ref === undefined) return value === undefined ? { unknown: 'no value' } : { value: value.text };
  if (value === undefined) return { template: `{${ref}}` };
  return /[{}]/.test(value.text)
    ? { unknown: 'a variable with braces in its default' }
    : { template: `{${ref}:${value.text}}` };
}

/** A template that mintproc evaluates as Apigee does. */
function checked(element: XmlElement, template: string, ignoresUnresolved: boolean): Assignment {
  const reads = readsOf(template);
  const copied = childOf(element, 'Template') === undefined ? textIn(element, 'Ref') : undefined;
  if (reads === undefined || (copied !== undefined && !reads.includes(copied))) {
    return { unknown: 'by a template that mintproc does not have' };
  }
  if (reads.some(isPrivate)) return { unknown: 'a copy of a private variable' };
  if (!ignoresUnresolved || copied !== undefined) return { form: { template }, reads };
  // A variable without a value is the empty string on Apigee; here the whole template would have no value.
  if (/\{[A-Za-z]\w*\(/.test(template)) return { unknown: 'by a function of variables that may have no value' };
  return { form: { template: template.replace(/\{([A-Za-z_][\w.$%-]*)\}/g, '{$1:}') }, reads };
}

/** Undefined if mintproc does not have the template. */
function readsOf(template: string): readonly string[] | undefined {
  const reads = new Set<string>();
  try {
    compileTemplate(SourceText.ofFile('', template), ({ text }) => {
      reads.add(text);
      return constantValue(undefined);
    });
  } catch (error) {
    if (error instanceof LocatedError) return undefined;
    throw error;
  }
  return [...reads];
}
