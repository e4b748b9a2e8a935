// Fills a bare page with about what a timeline draws: at its place (left, top, width, height) something that
// scrolls, with plain rows of text, and a picture in every fourth.
const [left, top, width, height, done] = arguments;
const ROWS = 1_600;
const PICTURES = 60;
const WORDS = "Words as long as those of a message, which are not many, nor few. ";
const scroller = document.createElement("div");
scroller.id = "scroller";
Object.assign(scroller.style, {
  position: "fixed",
  left: `${left}px`,
  top: `${top}px`,
  width: `${width}px`,
  height: `${height}px`,
  overflowY: "scroll",
  font: "15px/1.45 sans-serif",
});
document.body.append(scroller);

/** The address of a JPEG of the size of a small picture. */
function picture(number) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 480];
  const pen = canvas.getContext("2d");
  const light = pen.createLinearGradient(0, 0, 640, 480);
  light.addColorStop(0, `hsl(${number * 47}, 60%, 40%)`);
  light.addColorStop(1, `hsl(${number * 83}, 60%, 80%)`);
  pen.fillStyle = light;
  pen.fillRect(0, 0, 640, 480);
  for (let spot = 0; spot < 2_000; spot += 1) {
    pen.fillStyle = `hsla(${spot * 29}, 50%, 50%, 0.3)`;
    pen.fillRect((spot * 131) % 640, (spot * 71 + number * 13) % 480, 8, 8);
  }
  return new Promise((resolve) => {
    canvas.toBlob((jpeg) => resolve(URL.createObjectURL(jpeg)), "image/jpeg", 0.8);
  });
}

function fill(pictures) {
  const shown = [];
  for (let number = 0; number < ROWS; number += 1) {
    const row = document.createElement("div");
    row.style.padding = "4px 24px";
    if (number % 4 === 0) {
      const image = new Image(352, 264);
      image.style.display = "block";
      shown.push(new Promise((resolve) => (image.onload = resolve)));
      image.src = pictures[(number / 4) % PICTURES];
      row.append(image);
    }
    row.append(WORDS.repeat(1 + (number % 5)));
    scroller.append(row);
  }
  return Promise.all(shown);
}

Promise.all(Array.from({ length: PICTURES }, (_, number) => picture(number)))
  .then(fill)
  .then(() => done(true));
