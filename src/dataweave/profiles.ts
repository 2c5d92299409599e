/**
 * @module
 * The dialects of the expression language, as data.
 *
 * `flex` is what Flex Gateway runs, bug for bug. `dataweave` is DataWeave 2.x as Mule runs it. They share the tree,
 * the function rows (`functions/row.ts` says what each does in either) and the bounds; a grammar and the rules of
 * conversion belong to one profile.
 */
export type ProfileName = 'flex' | 'dataweave';

export interface Profile {
  /** The product, as messages name it. */
  readonly product: string;
}

export const profiles: { readonly [name in ProfileName]: Profile } = {
  flex: { product: 'Flex Gateway' },
  dataweave: { product: 'DataWeave 2.x' },
};
