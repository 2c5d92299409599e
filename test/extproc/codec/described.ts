/**
 * @module
 * Everything that can be read of decoded messages, to compare the codecs.
 */
import type { IncomingRequest } from '../../../src/request/incoming-request.ts';
import type { ObjectView } from '../../../src/request/object-view.ts';
import { askedNames } from './messages.ts';

/** Reads everything of a request: header fields by name first, then all together. */
/** @param attributeNames attributes to read, in addition */
export function described(
  request: IncomingRequest,
  attributeNames: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const { headers, attributes, metadata, routePolicy } = request;
  const asked = askedNames.map((name) => [headers.first(name), headers.last(name), headers.values(name)]);
  const lengths = [0, 3, 5].map((length) => headers.namesOfLength(new Set([length])));
  const named = [...askedNames, ...attributeNames].map((name) => attributes.get(name));
  // Ignores the class of objects, and treats `undefined` like an absent member.
  return JSON.parse(
    JSON.stringify({ asked, lengths, fields: headers.all, named, metadata: seen(metadata), routePolicy }),
  );
}

/** Reads each member of a view, and the whole view. */
function seen(view: ObjectView): object {
  const members = view
    .names()
    .toSorted()
    .map((name) => {
      const inner = view.view(name);
      return [name, view.get(name), inner === undefined ? 'no object' : seen(inner)];
    });
  const others = [view.get('absent'), view.view('absent'), view.isEmpty];
  const whole = view.whole();
  // The text also shows the order of the members.
  return { members, others, whole, text: JSON.stringify(whole) };
}

/** Removes default values, which proto3 does not distinguish from absent fields. */
export function withoutDefaults(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, member) => {
      if (name === 'data' && Array.isArray(member)) return Buffer.from(member).toString('hex');
      const isDefault = member === false || member === '' || member === 0;
      return isDefault || (Array.isArray(member) && member.length === 0) ? undefined : member;
    }),
  );
}
