#!/usr/bin/env python3
"""A batch transform job scores a file of rows with their ids and leaves id and score, without any endpoint."""

from trained import bucket, create_model, held_out, s3, sagemaker, unique

name = unique("batch-transform")
model = create_model(name)
table = "".join(f"patient-{i}," + ",".join(row[1:]) + "\n" for i, row in enumerate(held_out))
s3.put_object(Bucket=bucket, Key=f"{name}/in/patients.csv", Body=table)

sagemaker.create_transform_job(
    TransformJobName=name,
    ModelName=model,
    TransformInput={
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/{name}/in/"}},
        "ContentType": "text/csv",
        "SplitType": "Line",
    },
    TransformOutput={"S3OutputPath": f"s3://{bucket}/{name}/out/", "Accept": "text/csv", "AssembleWith": "Line"},
    TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    # The model does not see the id; the answer is put behind it.
    DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"},
)
sagemaker.get_waiter("transform_job_completed_or_stopped").wait(
    TransformJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 300}
)
output = s3.get_object(Bucket=bucket, Key=f"{name}/out/patients.csv.out")["Body"].read().decode().splitlines()
print(f"{len(output)} rows; the first two: {output[0]} and {output[1]}")
