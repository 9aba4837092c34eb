"""Mean average precision of boxes, by the evaluator of ultralytics."""

from collections.abc import Sequence

import msgspec
import numpy as np

Found = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Boxes (n, 4) as corners, scores (n,) and labels (n,) found in one picture."""

Truth = tuple[np.ndarray, np.ndarray]
"""Boxes (k, 4) as corners and labels (k,) of what is in it."""

IOUS = np.linspace(0.5, 0.95, 10)


class Precision(msgspec.Struct, frozen=True):
    """map50, map: means over classes at IoU .5 and over .5 to .95; by_class: AP at .5 of each class index met."""

    map50: float
    map: float
    by_class: dict[int, float]


def mean_average_precision(found: Sequence[Found], truths: Sequence[Truth]) -> Precision:
    """Compare what was found in each picture with what is there.

    Matched as ultralytics does: pairs by overlap, each box and each truth once.
    """
    import torch
    from ultralytics.utils.metrics import ap_per_class, box_iou

    hits, scores, labels, wanted = [], [], [], []
    for (boxes, confidence, classes), (true_boxes, true_classes) in zip(found, truths, strict=True):
        wanted.append(true_classes)
        scores.append(confidence)
        labels.append(classes)
        correct = np.zeros((len(boxes), len(IOUS)), bool)
        if len(boxes) and len(true_boxes):
            iou = box_iou(torch.as_tensor(true_boxes).float(), torch.as_tensor(boxes).float()).numpy()
            iou = iou * (true_classes[:, None] == classes[None])
            for column, threshold in enumerate(IOUS):
                pairs = np.argwhere(iou >= threshold)
                pairs = pairs[iou[pairs[:, 0], pairs[:, 1]].argsort()[::-1]]
                pairs = pairs[np.unique(pairs[:, 1], return_index=True)[1]]
                pairs = pairs[np.unique(pairs[:, 0], return_index=True)[1]]
                correct[pairs[:, 1], column] = True
        hits.append(correct)
    if not sum(map(len, scores)):
        return Precision(0.0, 0.0, {})
    result = ap_per_class(*map(np.concatenate, (hits, scores, labels, wanted)))
    ap, indices = result[5], result[6]
    return Precision(
        float(ap[:, 0].mean()), float(ap.mean()), dict(zip(map(int, indices), map(float, ap[:, 0]), strict=True))
    )
