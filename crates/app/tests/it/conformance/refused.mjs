/** An error of the protocol, with the status it has over HTTP. */
export class Refused extends Error {
  constructor(code, message, data, status = 200) {
    super(message);
    Object.assign(this, { code, data, status });
  }
}
