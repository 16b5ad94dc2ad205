// The present moment, told anew twice a minute so that "3 minutes ago" stays true.

export const now = $state({ at: Date.now() });

setInterval(() => {
  now.at = Date.now();
}, 30_000);
