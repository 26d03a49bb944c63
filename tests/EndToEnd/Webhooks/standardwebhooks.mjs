// Verifies one delivery as a receiver would. Run in the folder that has standardwebhooks under node_modules; one argument of JSON: secret, body, headers.
import { createRequire } from 'node:module'

const { Webhook } = createRequire(`${process.cwd()}/`)('standardwebhooks')
const { secret, body, headers } = JSON.parse(process.argv[2])
try {
  new Webhook(secret).verify(body, headers)
  console.log('verified')
} catch (error) {
  console.log(error.message)
}
