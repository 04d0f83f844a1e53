import httpx

BASE_URL = "https://api.sartiq.com/api/v1"

# 1. Authenticate
auth = httpx.post(f"{BASE_URL}/login/access-token", data={
    "username": "your@email.com",
    "password": "yourpassword"
})
token = auth.json()["access_token"]
headers = {"Authorization": f"Bearer {token}"}

# 2. Create shooting
shooting = httpx.post(f"{BASE_URL}/shootings/", headers=headers, json={
    "name": "Summer Collection",
    "brand_id": "your-brand-id"
}).json()

# 3. Add a look
look = httpx.post(
    f"{BASE_URL}/shootings/{shooting['id']}/looks",
    headers=headers,
    json={
        "main_product_id": "product-id",
        "subject_id": "subject-id",
        "style_id": "style-id",
        "shot_type_ids": ["full-body-id", "half-body-id"]
    }
).json()

# 4. Generate images for each shot
for shot in look["shots"]:
    generation = httpx.post(
        f"{BASE_URL}/shots/{shot['id']}/generate",
        headers=headers,
        json={"num_predictions": 4}
    ).json()
    print(f"Generation started: {generation['id']}")

# 5. Poll for completion (simplified)
import time
for shot in look["shots"]:
    while True:
        status = httpx.get(
            f"{BASE_URL}/shots/{shot['id']}",
            headers=headers
        ).json()
        if status["status"] in ["review", "approved"]:
            print(f"Shot ready: {status['current_image_url']}")
            break
        time.sleep(5)
