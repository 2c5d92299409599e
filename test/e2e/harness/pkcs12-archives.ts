/**
 * @module
 * PKCS#12 files that Python's cryptography writes, each in one of the forms that other tools write; their keys are made
 * at that moment and live as long as the test. The password of all is `secret`.
 */
import { runJson } from './python-tools.ts';

/** What the files are for; each holds one key and its certificate, but for the last. */
export type ArchiveName = 'aes' | 'triple-des' | 'unencrypted' | 'rsa' | 'no-certificate';

/** A row is a key, the certificate's common name, and how key and certificate are encrypted. */
const script = `
import base64, datetime, hashlib, hmac, os
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

def encrypted(algorithm, mac):
    return (serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2048)
        .key_cert_algorithm(algorithm).hmac_hash(mac).build(b'secret'))

aes = encrypted(pkcs12.PBES.PBESv2SHA256AndAES256CBC, hashes.SHA256())
triple_des = encrypted(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC, hashes.SHA1())
curve = lambda: ec.generate_private_key(ec.SECP256R1())
modulus = lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)

def certificate(key, name):
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))

def archive(key, name, encryption, finish=lambda file: file):
    beside = None if name is None else certificate(key, name)
    file = finish(pkcs12.serialize_key_and_certificates(b'one', key, beside, None, encryption))
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {'content': base64.b64encode(file).decode(), 'publicKey': public.decode()}

def der(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else b'\\x82' + size.to_bytes(2, 'big')
    return bytes([tag]) + length + content

def inside(value):
    return value[2 if value[1] < 128 else 2 + (value[1] & 127):]

# Where nothing is encrypted, cryptography's MAC knows no password; that of OpenSSL does (RFC 7292, appendix B).
def with_mac(file):
    version, info = inside(file)[:3], inside(file)[3:]
    safe = inside(inside(inside(info)[11:]))
    safe = safe[:4 + int.from_bytes(safe[2:4], 'big')]
    info = der(0x30, inside(info)[:11] + der(0xa0, der(0x04, safe)))
    salt, rounds, password = os.urandom(8), 2048, 'secret'.encode('utf-16-be') + bytes(2)
    key = b'\\x03' * 64 + salt * 8 + (password * 5)[:64]
    for _ in range(rounds):
        key = hashlib.sha256(key).digest()
    sha256 = der(0x30, bytes.fromhex('0609608648016503040201') + der(0x05, b''))
    digest = der(0x30, sha256 + der(0x04, hmac.digest(key, safe, 'sha256')))
    return der(0x30, version + info + der(0x30, digest + der(0x04, salt) + der(0x02, rounds.to_bytes(2, 'big'))))

print(json.dumps({
    'aes': archive(curve(), 'signer', aes),
    'triple-des': archive(curve(), 'signer', triple_des),
    'unencrypted': archive(curve(), 'signer', serialization.NoEncryption(), with_mac),
    'rsa': archive(modulus(), 'another signer', aes),
    'no-certificate': archive(modulus(), None, aes),
}))`;

export interface Archive {
  readonly content: Buffer;
  /** In PEM. */
  readonly publicKey: string;
}

export async function makeArchives(): Promise<Readonly<Record<ArchiveName, Archive>>> {
  const made = (await runJson(script, null)) as Readonly<Record<ArchiveName, Record<keyof Archive, string>>>;
  const archive = (name: ArchiveName): Archive => ({
    content: Buffer.from(made[name].content, 'base64'),
    publicKey: made[name].publicKey,
  });
  return {
    aes: archive('aes'),
    'triple-des': archive('triple-des'),
    unencrypted: archive('unencrypted'),
    rsa: archive('rsa'),
    'no-certificate': archive('no-certificate'),
  };
}
