/** Description of the input field of mutations that can be repeated. */
export const IDEMPOTENCY_KEY =
  'Identifies the request, so that it can be sent again if the response is lost: 20 to 200 characters, such as a UUIDv4. ' +
  'It must be unpredictable, with at least 128 random bits, and kept secret. A repetition by the same caller within 24 hours ' +
  'changes nothing and returns the first response with the current state of the object, secret or link included';
