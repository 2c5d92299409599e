/**
 * @module
 * Who sets a variable that has no certain value, a line each.
 */
import type { NeededVariable } from './needed.ts';
import { oneLine } from './one-line.ts';
import type { Event } from './origins.ts';
import type { BundlePolicy } from './settings.ts';

/** Steps in the list of one variable. */
const longestList = 20;

/** The first line is a heading if others follow. */
export function originLines(variable: NeededVariable): readonly string[] {
  const lines = originsOf(variable);
  const isList = variable.setters.length > 0 && !propertySet.test(variable.name);
  return isList ? [`${variable.name} is set by:`, ...lines.map((line) => `  ${line}`)] : lines;
}

const propertySet = /^(private\.)?propertyset\.([^.]+)\./;

export function originsOf({ name, setters, elsewhere, value }: NeededVariable): readonly string[] {
  const parts = propertySet.exec(name);
  if (parts !== null) return [`${name}: from the property set resources/properties/${parts[2]}.properties`];
  if (setters.length > 0) return setterLines(setters);
  if (value !== undefined || elsewhere.length === 0) return [];
  const names = elsewhere.slice(0, longestList).map(policyText).join(', ');
  return [oneLine(`${name}: no step before sets it. Elsewhere, or disabled: ${names}`)];
}

/** Those that set the variable by its name. The others may set any variable. */
export function namedSetters(setters: readonly Event[]): readonly Event[] {
  return setters.filter(({ setting }) => setting.target.kind !== 'any');
}

/** Steps that may set any variable are named in one line: they rarely set this one. */
function setterLines(setters: readonly Event[]): readonly string[] {
  const named = namedSetters(setters);
  const closed = setters.filter((event) => !named.includes(event)).map(({ policy }) => `${policy.kind} ${policy.name}`);
  const shown = named.slice(0, longestList).map((event) => oneLine(setterText(event)));
  const more = named.length > longestList ? [`and ${named.length - longestList} more steps`] : [];
  const may = named.length === 0 ? 'perhaps' : 'and perhaps';
  const others = [...new Set(closed)].join(', ');
  const missing = closed.some((policy) => policy.startsWith('FlowCallout '))
    ? ['the shared flow of a FlowCallout is read if its bundle is given together with that of the proxy']
    : [];
  const last = closed.length === 0 ? [] : [oneLine(`${may} ${others}, which may set any variable`)];
  return [...shown, ...more, ...last, ...missing];
}

function setterText({ policy, setting, flow, conditions }: Event): string {
  const how = setting.how === undefined ? '' : ` (${setting.how})`;
  const when = conditions.length === 0 ? '' : `, when ${conditions.join(' and ')}`;
  return `${policyText(policy)}${how}, in ${flow}${when}`;
}

function policyText({ kind, name, file }: BundlePolicy): string {
  return `${kind} ${name} in ${file}`;
}
