// Listens on the loopback only, or on HOST, which the program's own entry point can't be configured for; and goes when our end of the pipe closes, however we end.
// It lacks the two lists of multipart uploads, which are added here; their pages are short, so that whoever reads them has to turn pages.
import { buildApp } from './node_modules/fauxqs/dist/app.js';
import { S3Store } from './node_modules/fauxqs/dist/s3/s3Store.js';

const pageSize = 2;

class Store extends S3Store {
  createMultipartUpload(...args) {
    const id = super.createMultipartUpload(...args);
    this.multipartUploads.get(id).initiated = new Date();
    return id;
  }
}

const host = process.env.HOST ?? '127.0.0.1';
const store = new Store();
const app = buildApp({ logger: false, host, stores: { s3Store: store } });
const xml = (reply, status, body) => reply.code(status).header('content-type', 'application/xml').send(`<?xml version="1.0" encoding="UTF-8"?>${body}`);

function listParts(upload, query, reply) {
  if (!upload) return xml(reply, 404, '<Error><Code>NoSuchUpload</Code><Message>None.</Message></Error>');
  const all = [...upload.parts.values()].sort((a, b) => a.partNumber - b.partNumber).filter(p => p.partNumber > Number(query['part-number-marker'] ?? 0));
  const page = all.slice(0, pageSize);
  return xml(reply, 200, `<ListPartsResult><IsTruncated>${all.length > page.length}</IsTruncated><NextPartNumberMarker>${page.at(-1)?.partNumber ?? 0}</NextPartNumberMarker>${
    page.map(p => `<Part><PartNumber>${p.partNumber}</PartNumber><ETag>${p.etag}</ETag><Size>${p.body.length}</Size></Part>`).join('')}</ListPartsResult>`);
}

function listUploads(bucket, query, reply) {
  const order = u => `${u.key} ${u.uploadId}`;
  const after = query['key-marker'] ? `${query['key-marker']} ${query['upload-id-marker'] ?? '~'}` : '';
  const all = [...store.multipartUploads].map(([uploadId, u]) => ({ ...u, uploadId }))
    .filter(u => u.bucket === bucket && u.key.startsWith(query.prefix ?? '') && order(u) > after).sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const page = all.slice(0, pageSize);
  return xml(reply, 200, `<ListMultipartUploadsResult><Bucket>${bucket}</Bucket><IsTruncated>${all.length > page.length}</IsTruncated><NextKeyMarker>${page.at(-1)?.key ?? ''}</NextKeyMarker><NextUploadIdMarker>${page.at(-1)?.uploadId ?? ''}</NextUploadIdMarker>${
    page.map(u => `<Upload><Key>${u.key}</Key><UploadId>${u.uploadId}</UploadId><Initiated>${u.initiated.toISOString()}</Initiated></Upload>`).join('')}</ListMultipartUploadsResult>`);
}

app.addHook('onRequest', (request, reply, next) => {
  if (request.method !== 'GET') return next();
  if (request.query.uploadId) return listParts(store.multipartUploads.get(request.query.uploadId), request.query, reply);
  if ('uploads' in request.query) return listUploads(request.url.split(/[/?]/)[1], request.query, reply);
  next();
});

// It takes a part that is to be copied for one of no bytes. Objects whose key begins with "nocopy/" are for stores that can't copy.
function copyPart(request, reply) {
  const upload = store.multipartUploads.get(request.query.uploadId);
  if (!upload) return xml(reply, 404, '<Error><Code>NoSuchUpload</Code><Message>None.</Message></Error>');
  const source = decodeURIComponent(request.headers['x-amz-copy-source']).replace(/^\//, '');
  if (source.includes('/nocopy/')) return xml(reply, 501, '<Error><Code>NotImplemented</Code><Message>None.</Message></Error>');
  const slash = source.indexOf('/');
  let body;
  try { body = store.getObject(source.slice(0, slash), source.slice(slash + 1)).body; } catch { return xml(reply, 404, '<Error><Code>NoSuchKey</Code><Message>None.</Message></Error>'); }
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers['x-amz-copy-source-range'] ?? `bytes=0-${body.length - 1}`);
  if (!range || Number(range[2]) >= body.length) return xml(reply, 400, '<Error><Code>InvalidArgument</Code><Message>The range is not in the source.</Message></Error>');
  const etag = store.uploadPart(request.query.uploadId, Number(request.query.partNumber), body.subarray(Number(range[1]), Number(range[2]) + 1));
  return xml(reply, 200, `<CopyPartResult><LastModified>${new Date().toISOString()}</LastModified><ETag>${etag.replaceAll('"', '&quot;')}</ETag></CopyPartResult>`);
}

app.addHook('onRequest', (request, reply, next) => {
  if (request.method === 'PUT' && request.query.uploadId && request.headers['x-amz-copy-source']) return copyPart(request, reply);
  next();
});

// It fails on a body of no bytes.
app.addHook('preHandler', (request, reply, next) => {
  if (request.method === 'PUT') request.body ??= Buffer.alloc(0);
  next();
});

process.stdin.resume().on('end', () => process.exit());
console.log(await app.listen({ port: 0, host }));
