/**
 * @module
 * The part of the package `pkcs11js` (version 2) that mintproc calls. The package is not a dependency, so its own types
 * are not there.
 */

export type Handle = Buffer;

export interface Attribute {
  readonly type: number;
  readonly value?: number | string | Buffer;
}

export interface Pkcs11 {
  load(path: string): void;
  C_Initialize(options: { readonly flags: number }): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, userType: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: readonly Attribute[]): void;
  C_FindObjects(session: Handle, maxObjectCount: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: readonly Attribute[]): readonly Attribute[];
  C_SignInit(
    session: Handle,
    mechanism: { readonly mechanism: number; readonly parameter?: object },
    key: Handle,
  ): void;
  C_SignAsync(session: Handle, inData: Buffer, outData: Buffer): Promise<Buffer>;
}

export interface Pkcs11Module {
  readonly PKCS11: new () => Pkcs11;
}
