/**
 * @module
 * Checks of every shape that the wire format allows, to compare the codecs.
 */
import fc from 'fast-check';
import type { CheckRequest } from '../../../src/extproc/authz/check-messages.ts';
import { fieldName, metadataContext, text } from '../codec/messages.ts';

const peer = fc.record(
  {
    address: fc.oneof(
      fc.record({ socket_address: fc.record({ address: text, port_value: fc.nat(65_535) }, { requiredKeys: [] }) }),
      fc.record({ pipe: fc.record({ path: text }) }),
      fc.constant({}),
    ),
    principal: text,
  },
  { requiredKeys: [] },
);

const names = fc.oneof(fieldName, fc.constantFrom('x-forwarded-for', 'x-mintproc-policy', 'X-Mintproc-Policy'));
const values = fc.oneof(text, fc.constantFrom('a,b', ',', ''));
const map = fc.dictionary(
  names.filter((name) => name !== '__proto__'),
  values,
  { maxKeys: 12, noNullPrototype: true },
);
const list = fc.record({
  headers: fc.array(fc.record({ key: names, raw_value: values.map((one) => Buffer.from(one)) }), {
    maxLength: 12,
  }),
});

const request = fc
  .record(
    { method: text, path: text, host: text, scheme: text, protocol: text, headers: map, header_map: list },
    { requiredKeys: [] },
  )
  .map((http) => ({ http }));

export const checkRequest: fc.Arbitrary<CheckRequest> = fc.record(
  {
    attributes: fc.record(
      {
        source: peer,
        destination: peer,
        request,
        context_extensions: map,
        metadata_context: metadataContext,
        tls_session: fc.record({ sni: text }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
