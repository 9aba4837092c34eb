// A worker: frames come in, what is seen of a person goes out. Everything it runs on comes from this origin.
// It is a classic worker because MediaPipe's loader comes in by importScripts, which module workers refuse.

const MODELS = { face: "face_landmarker_live", pose: "pose_landmarker_lite" };
const SURE = 0.4;

const opened = {};
let library;

async function open(kind) {
  library ??= import("/assets/vision_bundle.mjs");
  const { FaceLandmarker, FilesetResolver, PoseLandmarker } = await library;
  const files = await FilesetResolver.forVisionTasks("/assets");
  const common = {
    baseOptions: { modelAssetPath: `/assets/${MODELS[kind]}`, delegate: "CPU" },
    runningMode: "VIDEO",
  };
  if (kind === "face") {
    return FaceLandmarker.createFromOptions(files, {
      ...common, numFaces: 1, outputFacialTransformationMatrixes: true, minFaceDetectionConfidence: SURE,
    });
  }
  return PoseLandmarker.createFromOptions(files, {
    ...common, numPoses: 1, outputSegmentationMasks: true, minPoseDetectionConfidence: SURE,
  });
}

/** Landmarks as x, y, z each, in fractions of the frame (z like x). */
const flat = (landmarks) => Float32Array.from(landmarks.flatMap(({ x, y, z }) => [x, y, z]));

function face(landmarker, frame, time) {
  const found = time === null ? landmarker.detect(frame) : landmarker.detectForVideo(frame, time);
  if (!found.faceLandmarks.length || !found.facialTransformationMatrixes.length) return null;
  return { points: flat(found.faceLandmarks[0]), matrix: Float32Array.from(found.facialTransformationMatrixes[0].data) };
}

async function pose(landmarker, frame, time) {
  const found = time === null ? landmarker.detect(frame) : landmarker.detectForVideo(frame, time);
  let seen = null;
  if (found.landmarks.length) {
    const [mask] = found.segmentationMasks;
    const shares = mask.getAsFloat32Array();
    const { girth } = await import("/try/girth.js");
    seen = {
      points: flat(found.landmarks[0]),
      world: flat(found.worldLandmarks[0]),
      visibility: Float32Array.from(found.landmarks[0], ({ visibility }) => visibility),
      girth: girth(found.landmarks[0], shares, mask.width, mask.height),
      person: await stencil(shares, mask.width, mask.height),
    };
  }
  found.close();
  return seen;
}

/** A mask as a white picture that is opaque where the person is. */
function stencil(shares, width, height) {
  const picture = new ImageData(width, height);
  const pixels = new Uint32Array(picture.data.buffer);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = 0xffffff | (Math.round(255 * shares[i]) << 24);
  return createImageBitmap(picture);
}

async function detect({ kind, frame, time, still }) {
  opened[kind] ??= open(kind);
  const landmarker = await opened[kind];
  if ((landmarker.still ?? false) !== still) {
    await landmarker.setOptions({ runningMode: still ? "IMAGE" : "VIDEO" });
    landmarker.still = still;
  }
  const begun = performance.now();
  const seen = await (kind === "face" ? face : pose)(landmarker, frame, still ? null : time);
  return { seen, took: performance.now() - begun, made: performance.timeOrigin + performance.now() };
}

onmessage = async ({ data }) => {
  try {
    const told = await detect(data);
    postMessage({ id: data.id, ...told }, told.seen?.person ? [told.seen.person] : []);
  } catch (error) {
    delete opened[data.kind];
    postMessage({ id: data.id, error: String(error?.message ?? error) });
  } finally {
    data.frame.close();
  }
};
