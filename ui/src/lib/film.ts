/** Films in a page: their address, and a picture of their beginning. */

/** The widest that a picture of a film is drawn, in pixels: the widest tile has 352, at two pixels each. */
const MOST_PX = 704;
const QUALITY = 0.8;
/** A film that shows nothing by then is of a kind that is not known here. */
const MOST_MS = 15_000;

/** What a page drew of a film. */
export type DrawnFilm = { picture: Blob; durationMs: number | null };

/** Waits for one of two events of a film. */
function happens(film: HTMLVideoElement, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("too slow")), MOST_MS);
    const end = (done: () => void) => (): void => {
      clearTimeout(timer);
      done();
    };
    film.addEventListener(wanted, end(resolve), { once: true });
    film.addEventListener(
      "error",
      end(() => reject(new Error("not playable"))),
      { once: true },
    );
  });
}

/** Draws a film as it is after its first second, or in the middle of a shorter one. */
export async function drawFilm(bytes: Blob): Promise<DrawnFilm> {
  const address = URL.createObjectURL(bytes);
  const film = document.createElement("video");
  try {
    film.muted = true;
    film.preload = "auto";
    const isKnown = happens(film, "loadeddata");
    film.src = address;
    await isKnown;
    const seconds = Number.isFinite(film.duration) ? film.duration : null;
    const isThere = happens(film, "seeked");
    film.currentTime = seconds === null ? 0 : Math.min(1, seconds / 2);
    await isThere;
    return { picture: await drawn(film), durationMs: seconds === null ? null : Math.round(seconds * 1_000) };
  } finally {
    film.removeAttribute("src");
    URL.revokeObjectURL(address);
  }
}

async function drawn(film: HTMLVideoElement): Promise<Blob> {
  const scale = Math.min(1, MOST_PX / Math.max(film.videoWidth, film.videoHeight, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(film.videoWidth * scale));
  canvas.height = Math.max(1, Math.round(film.videoHeight * scale));
  const context = canvas.getContext("2d");
  if (context === null || film.videoWidth === 0) throw new Error("nothing to draw");
  context.drawImage(film, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error("not drawn")) : resolve(blob)), "image/jpeg", QUALITY);
  });
}
