// Where sealed notes wait on this phone. Opened only where somebody turned it on: opening it would leave a trace.
const NAME = "queue";

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

async function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("about");
    request.result.createObjectStore("waiting", { keyPath: "entry" });
  };
  return done(request);
}

async function using(store, mode, what) {
  const database = await open();
  try {
    const transaction = database.transaction(store, mode);
    const whole = finished(transaction);
    const result = await what(transaction.objectStore(store));
    await whole;
    return result;
  } finally {
    database.close();
  }
}

export const queue = {
  about: () => using("about", "readonly", (store) => done(store.get("this"))),
  setAbout: (about) => using("about", "readwrite", (store) => done(store.put(about, "this"))),
  waiting: () => using("waiting", "readonly", (store) => done(store.getAll())),
  count: () => using("waiting", "readonly", (store) => done(store.count())),
  add: (envelope) => using("waiting", "readwrite", (store) => done(store.add(envelope))),
  remove: (entry) => using("waiting", "readwrite", (store) => done(store.delete(entry))),
  empty: () => using("waiting", "readwrite", (store) => done(store.clear())),
  destroy: () => done(indexedDB.deleteDatabase(NAME)),
};
