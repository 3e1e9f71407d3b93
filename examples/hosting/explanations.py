#!/usr/bin/env python3
"""An endpoint that explains: SHAP values of the features beside the prediction."""

import json

from trained import TABLE, create_model, deploy, lines, questions, runtime, sagemaker, training, unique, variant

name = unique("explanations")
headers = TABLE.read_text().splitlines()[0].split(",")[:-1]
baseline = [[str(sum(map(float, column)) / len(training)) for column in list(zip(*training, strict=True))[1:]]]
deploy(
    name,
    variant("AllTraffic", create_model(name)),
    ExplainerConfig={
        "ClarifyExplainerConfig": {
            "EnableExplanations": "`true`",
            "InferenceConfig": {"FeatureHeaders": headers},
            "ShapConfig": {"ShapBaselineConfig": {"MimeType": "text/csv", "ShapBaseline": lines(baseline).strip()}},
        }
    },
)

answer = runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Accept="text/csv", Body=questions[0])
answer = json.load(answer["Body"])
print("prediction:", answer["predictions"]["data"].strip())
values = {
    feature["feature_header"]: feature["attributions"][0]["attribution"][0]
    for feature in answer["explanations"]["kernel_shap"][0]
}
for header, value in sorted(values.items(), key=lambda pair: -abs(pair[1]))[:5]:
    print(f"{value:+.4f}  {header}")
sagemaker.delete_endpoint(EndpointName=name)
