/** The row of this name. @throws where there is none, so that a typing error in a test is not taken for a result */
export function rowNamed<T>(rows: ReadonlyMap<string, T>, name: string): T {
  const row = rows.get(name);
  if (row === undefined) throw new TypeError(`no algorithm is called ${name}`);
  return row;
}
